"""B4 B6: requests that the edge and a service could read in different ways: none reaches what is not routed."""

from __future__ import annotations

from proofs.attack.wire import Reply, exchange
from proofs.store import ProofStore

TITLE = "Smuggling: requests that two servers could read differently reach nothing, and nobody else gets their answer"
JSON = "Content-Type: application/json\r\n"
INNER = b"GET /internal/feed HTTP/1.1\r\nHost: inner\r\n\r\n"
SIGN_IN, LIST = "POST /api/v1/sessions HTTP/1.1", "GET /api/v1/products?limit=1 HTTP/1.1"
H2C = "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\nConnection: close, Upgrade, HTTP2-Settings\r\n"
SOCKET = "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nConnection: close, Upgrade\r\n"
# Line, headers and body of each, and the statuses of a correct answer; 0: the connection is closed without an answer.
# What Go's server refuses, it refuses in plain text (mercat/README.md, "Under a public name").
TRICKS: dict[str, tuple[str, str, bytes, frozenset[int]]] = {
    "a length and chunks": (
        SIGN_IN,
        JSON + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        b"0\r\n\r\n" + INNER,
        frozenset({400, 422}),
    ),
    "another coding": (SIGN_IN, JSON + "Transfer-Encoding: xchunked\r\nContent-Length: 2\r\n", b"{}", frozenset({501})),
    "two codings": (
        SIGN_IN,
        JSON + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
        b"0\r\n\r\n",
        frozenset({400, 501}),
    ),
    "a space before the colon": (
        SIGN_IN,
        JSON + "Transfer-Encoding : chunked\r\nContent-Length: 2\r\n",
        b"{}",
        frozenset({400}),
    ),
    "two lengths": (SIGN_IN, JSON + "Content-Length: 2\r\nContent-Length: 9\r\n", b"{}" + INNER, frozenset({400})),
    "a length with a sign": (SIGN_IN, JSON + "Content-Length: +2\r\n", b"{}", frozenset({400})),
    "a length below zero": (SIGN_IN, JSON + "Content-Length: -2\r\n", b"{}", frozenset({400})),
    "a NUL in a header": (LIST, "X-A: b\x00c\r\n", b"", frozenset({400})),
    "two hosts": ("GET /about HTTP/1.1", "Host: shop.example\r\n", b"", frozenset({400})),
    "a chunk's extension that ends early": (
        SIGN_IN,
        JSON + "Transfer-Encoding: chunked\r\n",
        b"2;\n{}\r\n0\r\n\r\n",
        frozenset({0, 400}),
    ),
    "an address in the trailer": (
        SIGN_IN,
        JSON + "Transfer-Encoding: chunked\r\nTrailer: X-Forwarded-For\r\n",
        b"2\r\n{}\r\n0\r\nX-Forwarded-For: 198.51.100.7\r\n\r\n",
        frozenset({422}),
    ),
    "a read with a body": (LIST, f"Content-Length: {len(INNER)}\r\n", INNER, frozenset({200})),
    "CONNECT": ("CONNECT 127.0.0.1:8001 HTTP/1.1", "", b"", frozenset({400, 404, 405, 501})),
    "TRACE": ("TRACE /api/v1/products HTTP/1.1", "X-Secret: echo\r\n", b"", frozenset({405})),
    "an address of a service": ("GET http://127.0.0.1:8003/internal/feed HTTP/1.1", "", b"", frozenset({404})),
    "a path after a semicolon": ("GET /api/v1/products;/../../../internal/feed HTTP/1.1", "", b"", frozenset({404})),
    "a path escaped twice": ("GET /api/v1/products/%252e%252e/internal/feed HTTP/1.1", "", b"", frozenset({404})),
    "a path of overlong UTF-8": ("GET /api/v1/products/%c0%ae%c0%ae/internal HTTP/1.1", "", b"", frozenset({404})),
    "another method in a header": (
        "POST /api/v1/products HTTP/1.1",
        JSON + "X-HTTP-Method-Override: GET\r\nContent-Length: 2\r\n",
        b"{}",
        frozenset({405}),
    ),
    "a header that is to be dropped": (
        "GET /api/v1/accounts/me HTTP/1.1",
        "Authorization: Bearer x\r\nConnection: close, Authorization\r\n",
        b"",
        frozenset({401}),
    ),
    "an upgrade to HTTP/2": (LIST, H2C, b"", frozenset({200})),
    "an upgrade to a socket": (LIST, SOCKET, b"", frozenset({200})),
    "HTTP/0.9": ("GET /api/v1/products", "", b"", frozenset({400})),
}
REWRITES = ("X-Original-URL: /internal/feed", "X-Rewrite-URL: /metrics", "X-Forwarded-Prefix: /internal")
# Words of what no stranger may read: a feed, metrics, and the header that TRACE would echo.
NEVER = (b'"cursor"', b"# HELP", b"X-Secret", b"python_info")


async def prove(store: ProofStore) -> list[str]:
    """Send all of it, each on a connection of its own; returns what was answered wrongly."""
    wrong = []
    for name, (line, headers, body, right) in TRICKS.items():
        reply = await exchange(store, raw(store, line, headers, body))
        wrong += [f"{name}: {found}" for found in judged(reply, right)]
    for header in REWRITES:
        reply = await exchange(store, raw(store, "GET / HTTP/1.1", f"{header}\r\n", b""))
        wrong += [f"{header}: {found}" for found in judged(reply, frozenset({200}))]
    wrong += await _neighbour(store)
    print(f"  {len(TRICKS) + len(REWRITES)} ambiguous requests sent", flush=True)
    return wrong


def raw(store: ProofStore, line: str, headers: str, body: bytes) -> bytes:
    """The bytes of a request as they are written here."""
    host = f"Host: 127.0.0.1:{store.store.port('http')}\r\n"
    end = "Connection: close\r\n" if "Connection:" not in headers else ""
    return f"{line}\r\n{host}{headers}{end}\r\n".encode("latin-1") + body


def judged(reply: Reply, right: frozenset[int]) -> list[str]:
    """What is wrong with an answer."""
    wrong = [f"it is answered {word!r}" for word in NEVER if word in reply.head + reply.body]
    return wrong if reply.status in right else [*wrong, f"{reply.status} {reply.body[:80]!r}"]


async def _neighbour(store: ProofStore) -> list[str]:
    """After a request with a hidden one behind it, the next connection gets its own answer, ten times."""
    hidden = raw(store, SIGN_IN, JSON + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n" + INNER)
    wrong = []
    for _ in range(10):
        await exchange(store, hidden)
        reply = await exchange(store, raw(store, "GET /api/v1/checkout/settings HTTP/1.1", "", b""))
        if reply.status != 200 or b"currencies" not in reply.body:
            wrong.append(f"a neighbour gets another answer: {reply.status} {reply.body[:80]!r}")
    return wrong

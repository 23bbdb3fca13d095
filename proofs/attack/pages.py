"""B6: local tools are not served under public names, headers from outside are ignored, and programs get no page."""

from __future__ import annotations

import json

from proofs.attack.wire import JSON, Reply, exchange, request
from proofs.store import ProofStore

TITLE = "Public names: local tools are not served, and internal headers from outside are ignored"
PUBLIC = "shop.example"
OWN = ("/mail", "/mail/api/messages", "/docs", "/about", "/_portal/ready")
UP = "/api/v1/products/{0}/{0}/{0}"
NEVER = (
    *("/internal/feed", "/metrics", "/health/ready", "/api/v1/internal/feed", "//internal/feed"),
    *(f"{UP.format(up)}/{page}" for up in ("..", "%2e%2e", ".%2E", "..;") for page in ("internal/feed", "metrics")),
)

# What programs ask for and there is not: they are told so as problem+json, and shown no page.
PROGRAMS = ("/api", "/api/v1/no-such-thing", "/internal/feed", "/metrics", "/health", "/webhooks/nobody")


async def prove(store: ProofStore) -> list[str]:
    """Request all pages under all names; returns those that were served and must not be."""
    complaints = []
    for path in (*OWN, *NEVER):
        for headers in _disguises(store):
            reply = await _get(store, path, headers)
            if _reached(reply):
                complaints.append(f"{path} as {headers}: {reply.status}")
    for path in NEVER:
        reply = await _get(store, path, {})
        if _reached(reply):
            complaints.append(f"{path}: {reply.status}")
    for path in PROGRAMS:
        reply = await _get(store, path, {})
        if reply.status != 404 or b'"type"' not in reply.body:
            complaints.append(f"{path}: {reply.status}, and not as programs read it")
    own = await _get(store, "/about", {})
    if own.status != 200:
        complaints.append(f"/about under the local name: {own.status}")
    print(f"  {len(OWN) + len(NEVER)} paths requested under other names", flush=True)
    return [*complaints, *await _deadline(store), *await _address(store)]


def _reached(reply: Reply) -> bool:
    """Whether the request reached a tool or a service: a 401 is from a service. A 404 may be a page that says so."""
    return reply.status == 401 or not 400 <= reply.status < 500


def _disguises(store: ProofStore) -> list[dict[str, str]]:
    here = f"localhost:{store.store.port('http')}"
    return [
        {"Host": PUBLIC},
        {"Host": f"{PUBLIC}:{store.store.port('http')}"},
        {"Host": "127.0.0.1.nip.example"},
        {"Host": PUBLIC, "X-Forwarded-Host": here},
        {"Host": PUBLIC, "Forwarded": f"host={here}"},
    ]


async def _get(store: ProofStore, path: str, headers: dict[str, str]) -> Reply:
    return await exchange(store, request(store, "GET", path, headers, b""))


async def _deadline(store: ProofStore) -> list[str]:
    """X-Deadline and X-Request-Id from outside have no effect."""
    reply = await _get(store, "/api/v1/products", {"X-Deadline": "1", "X-Request-Id": "chosen-by-a-stranger"})
    complaints = [] if reply.status == 200 else [f"X-Deadline from outside ends the request: {reply.status}"]
    return complaints + (["X-Request-Id from outside is used"] if b"chosen-by-a-stranger" in reply.head else [])


async def _address(store: ProofStore) -> list[str]:
    """Headers cannot change the client address: it is in the audit log with a wrong password."""
    complaints = []
    for number, headers in enumerate(
        (
            {"Connection": "close, X-Forwarded-For"},
            {"Connection": "close, X-Forwarded-For, X-Real-Ip, Forwarded"},
            {"X_Forwarded_For": "198.51.100.7"},
            {"Forwarded": "for=198.51.100.7", "X-Real-Ip": "198.51.100.7", "True-Client-Ip": "198.51.100.7"},
        )
    ):
        body = json.dumps({"email": f"nobody{number}@example.com", "password": "wrong wrong"}).encode()
        raw = request(store, "POST", "/api/v1/sessions", {"Content-Type": JSON, **headers}, body)
        reply = await exchange(store, raw, source="127.3.3.3")
        sql = "select host(ip) from audit_lines where action = 'session.started' order by id desc limit 1"
        seen = await store.value("identity", sql)
        if reply.status != 401 or seen != "127.3.3.3":
            complaints.append(f"with {headers} a stranger at 127.3.3.3 is answered {reply.status} and logged as {seen}")
    return complaints

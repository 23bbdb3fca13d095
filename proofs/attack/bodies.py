"""B4 B7 B8: malformed, deep and large requests: each is refused with a short problem and changes nothing."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field

from proofs.attack.wire import JSON, Reply, chunked, exchange, request
from proofs.shopper import ADDRESS
from proofs.store import ProofStore

TITLE = "Hostile requests: every answer is a short problem+json, and none is a 5xx"
# The most bytes of an answer to a hostile request.
LONGEST = 16_384


@dataclass(frozen=True)
class Attack:
    """One request, and the statuses of a correct answer."""

    name: str
    body: bytes
    right: frozenset[int]
    path: str = "/api/v1/sessions"
    method: str = "POST"
    headers: dict[str, str] = field(default_factory=dict)


def _keys(count: int) -> bytes:
    return json.dumps({f"k{number}": number for number in range(count)}).encode()


SIGN_IN = b'{"email": "nobody@example.com", "password": "wrong wrong wrong"}'
REFUSED = frozenset({400, 413, 415, 422, 429})
ATTACKS = (
    Attack("57,000 unknown keys", _keys(57_000), REFUSED),
    Attack("a list of 400,000 items", b"[" + b"0," * 399_999 + b"0]", REFUSED),
    Attack("5,000 levels of lists", b"[" * 5_000 + b"]" * 5_000, REFUSED),
    Attack("5,000 levels of objects", b'{"a":' * 5_000 + b"1" + b"}" * 5_000, REFUSED),
    Attack("a number of 100,000 digits", b'{"email": ' + b"9" * 100_000 + b"}", REFUSED),
    Attack("a number beyond any float", b'{"email": 1e999999}', REFUSED),
    Attack("not a number", b'{"email": NaN}', REFUSED),
    Attack("a string of a megabyte", b'{"email": "' + b"a@" * 490_000 + b'"}', REFUSED),
    Attack("the same key twice", SIGN_IN.replace(b"{", b'{"email": "a@example.com", ', 1), frozenset({400, 422})),
    Attack("a byte order mark", b"\xef\xbb\xbf" + SIGN_IN, frozenset({400})),
    Attack("UTF-16", SIGN_IN.decode().encode("utf-16"), frozenset({400})),
    Attack("bytes that are no UTF-8", b'{"email": "\xff\xfe"}', frozenset({400})),
    Attack("a lone surrogate", b'{"email": "\\ud800@example.com", "password": "x"}', frozenset({400, 422})),
    Attack("no JSON at all", b"<xml/>", frozenset({400})),
    Attack("another media type", SIGN_IN, frozenset({415, 422}), headers={"Content-Type": "text/plain"}),
    Attack("two megabytes", b" " * 2_000_000 + SIGN_IN, frozenset({413})),
    Attack("twenty megabytes", b" " * 20_000_000 + SIGN_IN, frozenset({413})),
    Attack(
        "a signature of strange bytes",
        b"{}",
        frozenset({400}),
        path="/webhooks/stripe",
        headers={"Stripe-Signature": "t=1,v1=\xe9\xff"},
    ),
    Attack("a long cursor", b"", REFUSED, path="/api/v1/products?cursor=" + "A" * 4_000, method="GET"),
    Attack("a huge limit", b"", REFUSED, path="/api/v1/products?limit=" + "9" * 3_000, method="GET"),
    Attack("500 parameters", b"", frozenset({200, *REFUSED}), "/api/v1/products?" + "a=1&" * 500, method="GET"),
    Attack("an unknown path", b"", frozenset({404}), path="/api/v1/nothing", method="GET"),
    Attack("an encoded slash", b"", frozenset({400, 404}), path="/api/v1/products%2F..%2Fadmin", method="GET"),
    Attack("a NUL in the path", b"", frozenset({400, 404}), path="/api/v1/products/%00", method="GET"),
    Attack("a path of 300 letters", b"", frozenset({200, 404}), path="/" + "a" * 300, method="GET"),
    Attack("a file's name of 300 letters", b"", frozenset({404}), path="/" + "a" * 300 + ".css", method="GET"),
    Attack("another method", b"", frozenset({405}), path="/api/v1/products", method="DELETE"),
)


async def prove(store: ProofStore) -> list[str]:
    """Send all requests; returns complaints about wrong answers."""
    before = await _rows(store)
    complaints = []
    for attack in ATTACKS:
        complaints += [f"{attack.name}: {wrong}" for wrong in await _sent(store, attack)]
    complaints += await _keys_of_idempotency(store)
    complaints += await _raw(store)
    after = await _rows(store)
    if after != before:
        complaints.append(f"they changed something: {before} became {after}")
    print(f"  {len(ATTACKS) + len(RAW)} kinds of hostile requests answered", flush=True)
    return complaints


async def _rows(store: ProofStore) -> dict[str, int]:
    """The number of rows of the tables that a request could add to."""
    tables = {"identity": "accounts", "orders": "orders", "payments": "payments"}
    return {name: int(await store.value(name, f"select count(*) from {table}")) for name, table in tables.items()}


async def _sent(store: ProofStore, attack: Attack) -> list[str]:
    headers = {"Content-Type": JSON, **attack.headers} if attack.body else attack.headers
    raw = request(store, attack.method, attack.path, headers, attack.body)
    return _judged(await exchange(store, raw), attack.right)


def _judged(reply: Reply, right: frozenset[int]) -> list[str]:
    wrong = []
    if reply.status not in right:
        wrong.append(f"{reply.status} instead of {' or '.join(map(str, sorted(right)))}: {reply.body[:120]!r}")
    if reply.status >= 400 and not reply.kind.startswith("application/problem+json"):
        wrong.append(f"{reply.status} as {reply.kind or 'nothing'}: {reply.body[:120]!r}")
    if reply.status >= 400 and len(reply.body) > LONGEST:
        wrong.append(f"an answer of {len(reply.body)} bytes")
    return wrong


# Chunked bodies, and the statuses of a correct answer; 0: the connection is closed without an answer.
RAW: dict[str, tuple[bytes, frozenset[int]]] = {
    "a chunk whose size is no number": (b"zz\r\nhello\r\n0\r\n\r\n", frozenset({0, 400})),
    "twelve megabytes in chunks": ((b"100000\r\n" + b" " * 2**20 + b"\r\n") * 12 + b"0\r\n\r\n", frozenset({0, 413})),
}


async def _raw(store: ProofStore) -> list[str]:
    complaints = []
    for name, (body, right) in RAW.items():
        complaints += [f"{name}: {wrong}" for wrong in _judged(await exchange(store, chunked(store, body)), right)]
    gone = await exchange(store, chunked(store, b"ff\r\nhello"), hang_up=True)
    # A client that has closed its side need not get an answer; a 5xx is wrong.
    return complaints + ([f"a body that ends in the middle: {gone.status}"] if gone.status >= 500 else [])


async def _keys_of_idempotency(store: ProofStore) -> list[str]:
    """Two Idempotency-Key headers are refused."""
    wish = json.dumps({"email": "a@example.com", "shipping_address": ADDRESS, "lines": []}).encode()
    raw = request(store, "POST", "/api/v1/orders", {"Content-Type": JSON, "Idempotency-Key": uuid.uuid4().hex}, wish)
    twice = raw.replace(b"Idempotency-Key", b"Idempotency-Key: other-key-of-thirty-characters\r\nIdempotency-Key")
    return [f"two Idempotency-Keys: {wrong}" for wrong in _judged(await exchange(store, twice), frozenset({400}))]

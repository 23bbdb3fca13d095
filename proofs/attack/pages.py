"""B6: the laptop's own pages under a public name, and requests that claim to come from it."""

from __future__ import annotations

from proofs.attack.wire import Reply, exchange, request
from proofs.store import ProofStore

TITLE = "Public names: the laptop's pages are the laptop's, and what the platform says is not believed of a stranger"
PUBLIC = "shop.example"
OWN = ("/mail", "/mail/api/messages", "/docs", "/about", "/_portal/ready")
NEVER = ("/internal/feed", "/metrics", "/health/ready", "/api/v1/internal/feed", "//internal/feed")


async def prove(store: ProofStore) -> list[str]:
    """What was reached that must not be."""
    complaints = []
    for path in (*OWN, *NEVER):
        for headers in _disguises(store):
            reply = await _get(store, path, headers)
            if reply.status < 400 or reply.status >= 500:
                complaints.append(f"{path} as {headers}: {reply.status}")
    for path in NEVER:
        reply = await _get(store, path, {})
        if reply.status < 400 or reply.status >= 500:
            complaints.append(f"{path}: {reply.status}")
    own = await _get(store, "/about", {})
    if own.status != 200:
        complaints.append(f"/about on the laptop itself: {own.status}")
    print(f"  {len(OWN) + len(NEVER)} paths asked for under other names", flush=True)
    return complaints + await _deadline(store)


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
    """A deadline and a request id that a stranger sends change nothing."""
    reply = await _get(store, "/api/v1/products", {"X-Deadline": "1", "X-Request-Id": "chosen-by-a-stranger"})
    complaints = [] if reply.status == 200 else [f"a stranger's X-Deadline ends the request: {reply.status}"]
    return complaints + (["a stranger's X-Request-Id is taken"] if b"chosen-by-a-stranger" in reply.head else [])

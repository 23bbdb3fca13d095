"""What orders asks of payments, asked straight at one of its processes."""

from __future__ import annotations

import random
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from chassis import auth
from mercat.installation import secrets
from proofs.shopper import Answer
from proofs.store import ProofStore


async def as_orders(store: ProofStore, path: str, body: Any = None, *, method: str = "POST") -> Answer:
    """The answer to a request to `/internal/{path}` of payments."""
    key = load_pem_private_key(secrets.signing_key(store.store, "orders").read_bytes(), None)
    assert isinstance(key, EllipticCurvePrivateKey)
    headers = {"Authorization": f"Bearer {auth.sign_service_token(key, 'orders', 'payments')}"}
    entry = random.choice(store.processes("payments"))  # noqa: S311 -- no secret
    url = f"http://127.0.0.1:{entry.port}/internal/{path}"
    async with store.http.request(method, url, json=body, headers=headers) as answer:
        return Answer(answer.status, await answer.json())

"""The floor of "who am I": raw ASGI; the access token is verified with the JWKS in BENCH_KEYS."""

from __future__ import annotations

import os

import jwt
from starlette.types import Receive, Scope, Send

from proofs.bench.bare import raw

_KEYS = {key.key_id: key.key for key in jwt.PyJWKSet.from_json(os.environ["BENCH_KEYS"]).keys}


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Verify the token and answer, without any framework."""
    if scope["type"] == "http":
        token = next(value for name, value in scope["headers"] if name == b"authorization").removeprefix(b"Bearer ")
        key = _KEYS[jwt.get_unverified_header(token)["kid"]]
        jwt.decode(token, key, ["ES256"], audience="identity", issuer="mercat")
    await raw.app(scope, receive, send)

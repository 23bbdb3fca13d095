"""The floor of a sign-in: raw ASGI; a thread verifies the password in the body against BENCH_HASH."""

from __future__ import annotations

import asyncio
import json
import os

import argon2
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from proofs.bench.bare import raw

_HASHER = argon2.PasswordHasher()


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Verify the password's hash and answer, without any framework."""
    if scope["type"] == "http":
        password = json.loads(await Request(scope, receive).body())["password"]
        await asyncio.to_thread(_HASHER.verify, os.environ["BENCH_HASH"], password)
    await raw.app(scope, receive, send)

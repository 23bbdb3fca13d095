"""Hooks of schemathesis: each request has another client address, and the token of who asks, if somebody is signed in.

The rate limits count by address. Traefik trusts X-Forwarded-For from loopback, where the requests come from.
"""

from __future__ import annotations

import os
import random
from typing import Any

import httpx
import schemathesis

from proofs.signed_in import EMAIL, PASSWORD, URL, SignedIn


def _address() -> str:
    return ".".join(["127", *(str(random.randint(1, 254)) for _ in range(3))])  # noqa: S311 -- no secret


def _sign_in() -> str:
    """A new access token of who asks."""
    answer = httpx.post(
        f"{os.environ[URL]}/api/v1/sessions",
        json={"email": os.environ[EMAIL], "password": os.environ[PASSWORD]},
        headers={"X-Forwarded-For": _address()},
        timeout=60,
    )
    answer.raise_for_status()
    token: str = answer.json()["access_token"]
    return token


_signed_in = SignedIn(_sign_in)


@schemathesis.hook
def before_call(_context: Any, case: Any, _kwargs: Any) -> None:
    """Set a random client address, and the token."""
    headers = case.headers or {}
    headers["X-Forwarded-For"] = _address()
    if EMAIL in os.environ:
        headers["Authorization"] = f"Bearer {_signed_in.token()}"
    case.headers = headers

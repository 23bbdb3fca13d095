"""Loaded by schemathesis: each request comes from an address of its own, else the store's limits would end the attack.

Traefik trusts what loopback says about where a request comes from, and the attack comes from there.
"""

from __future__ import annotations

import random
from typing import Any

import schemathesis


@schemathesis.hook
def before_call(_context: Any, case: Any, _kwargs: Any) -> None:
    """Speak for somebody else each time."""
    headers = case.headers or {}
    headers["X-Forwarded-For"] = ".".join(["127", *(str(random.randint(1, 254)) for _ in range(3))])  # noqa: S311 -- no secret
    case.headers = headers

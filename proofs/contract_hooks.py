"""A hook of schemathesis: each request has another client address, as the rate limits count by address.

Traefik trusts X-Forwarded-For from loopback, where the requests come from.
"""

from __future__ import annotations

import random
from typing import Any

import schemathesis


@schemathesis.hook
def before_call(_context: Any, case: Any, _kwargs: Any) -> None:
    """Set a random client address."""
    headers = case.headers or {}
    headers["X-Forwarded-For"] = ".".join(["127", *(str(random.randint(1, 254)) for _ in range(3))])  # noqa: S311 -- no secret
    case.headers = headers

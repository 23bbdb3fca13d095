"""The answer of a call: status and body, as a transaction returns it and an idempotency key stores it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import orjson

from stripe_double.objects.errors import StripeError


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, body and extra headers. `replay_of` is the id of the first request with the same idempotency key."""

    status: int
    body: bytes
    replay_of: str | None = None
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def ok(cls, content: dict[str, Any]) -> Answer:
        """A 200 with this object as JSON."""
        return cls(200, orjson.dumps(content))

    @classmethod
    def of(cls, error: StripeError) -> Answer:
        """The answer that an error stands for."""
        return cls(error.status, orjson.dumps(error.envelope()), headers=error.headers)

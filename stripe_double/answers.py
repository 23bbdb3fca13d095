"""An answer before it is HTTP: what a transaction returns and what an idempotency key keeps."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from stripe_double.errors import StripeError


@dataclass(frozen=True, slots=True)
class Answer:
    """`replay_of` is the id of the request that was answered so first; `headers` are those of this answer alone."""

    status: int
    body: bytes
    replay_of: str | None = None
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def ok(cls, content: dict[str, Any]) -> Answer:
        return cls(200, orjson.dumps(content))

    @classmethod
    def of(cls, error: StripeError) -> Answer:
        return cls(error.status, orjson.dumps(error.envelope()), headers=error.headers)

"""When a webhook secret can be taken away, while it is being changed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

OVERLAP = timedelta(days=1)
"""The longest for which Stripe signs with the old secret, too: https://docs.stripe.com/webhooks#roll-endpoint-secrets."""

Advice = Literal["new is unseen", "new is young", "still used", "can go"]


@dataclass(frozen=True, slots=True)
class Seen:
    """When a secret first signed a webhook, and when it last did that no secret before it in the list had signed."""

    first_at: datetime
    last_at: datetime


def fingerprint(secret: str) -> str:
    """Tells a secret from others without holding it."""
    return hashlib.sha256(f"webhook secret {secret}".encode()).hexdigest()[:16]


def advice(secrets: Sequence[str], seen: Mapping[str, Seen], now: datetime) -> list[Advice]:
    """For each secret after the first, which is the new one: whether it can be taken away."""
    new = seen.get(fingerprint(secrets[0]))
    given: list[Advice] = []
    for old in secrets[1:]:
        last = seen.get(fingerprint(old))
        if new is None:
            given.append("new is unseen")
        elif last is not None and now - last.last_at < OVERLAP:
            given.append("still used")
        elif now - new.first_at < OVERLAP:
            given.append("new is young")
        else:
            given.append("can go")
    return given

"""Stripe's rate limits: calls a second at each endpoint and in total. Off by default.

Source: https://docs.stripe.com/rate-limits. All objects of a call share its endpoint's limit.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from stripe_double.objects.errors import invalid, rate_limited

OFF = {"endpoint": 0, "total": 0}
MAX_RATE = 100_000


class Bucket:
    """A token bucket: it holds the calls of one second and is refilled continuously."""

    def __init__(self, rate: int, now: float) -> None:
        self._rate = rate
        self._left = float(rate)
        self._at = now

    def has(self, now: float) -> bool:
        """Refill the bucket for the time passed; returns whether it holds a whole call."""
        self._left = min(float(self._rate), self._left + (now - self._at) * self._rate)
        self._at = now
        return self._left >= 1

    def take(self) -> None:
        """Remove one call."""
        self._left -= 1


class Limits:
    """The rate limits, counted in memory. Refused calls do not count."""

    def __init__(self, limits: dict[str, int] | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._limits: dict[str, int] = {}
        self._buckets: dict[str, Bucket] = {}
        self.refused = 0
        self.set(limits or OFF)

    def set(self, limits: dict[str, int]) -> None:
        """Replace the limits, refill all buckets and reset the count of refused calls."""
        self._limits, self._buckets, self.refused = dict(limits), {}, 0

    def replace(self, wanted: dict[str, Any]) -> None:
        """Set the limits from JSON such as `{"endpoint": 25, "total": 100}`; 0 or missing: no limit."""
        for name, value in wanted.items():
            if name not in OFF:
                raise invalid(name[:80], f"There is no limit named {name[:80]}.", "parameter_unknown")
            if type(value) is not int or not 0 <= value <= MAX_RATE:
                raise invalid(name, f"{name} must be a JSON integer between 0 and {MAX_RATE}.")
        self.set(OFF | wanted)

    def as_json(self) -> dict[str, Any]:
        """The limits as JSON fields, with the number of calls refused since they were set."""
        return {**self._limits, "refused": self.refused}

    def take(self, endpoint: str) -> None:
        """Count a call; 429 if it exceeds a limit."""
        now = self._clock()
        asked = {"endpoint-rate": (f"at {endpoint}", "endpoint"), "global-rate": ("", "total")}
        buckets = []
        for reason, (name, kind) in asked.items():
            rate = self._limits[kind]
            if rate == 0:
                continue
            bucket = self._buckets.setdefault(name, Bucket(rate, now))
            if not bucket.has(now):
                self.refused += 1
                raise rate_limited(reason)
            buckets.append(bucket)
        for bucket in buckets:
            bucket.take()

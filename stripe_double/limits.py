"""Stripe's rate limits: so many calls a second at each endpoint, and of all calls together. Off until they are set.

Source: https://docs.stripe.com/rate-limits. A named call is an endpoint, whatever object it is about.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import orjson

from stripe_double.errors import StripeError, invalid, rate_limited

if TYPE_CHECKING:
    from collections.abc import Callable

OFF = {"endpoint": 0, "total": 0}
MOST = 100_000


class Bucket:
    """Holds a second's calls at most, and fills as evenly as they may come."""

    def __init__(self, rate: int, now: float) -> None:
        self._rate = rate
        self._left = float(rate)
        self._at = now

    def has(self, now: float) -> bool:
        self._left = min(float(self._rate), self._left + (now - self._at) * self._rate)
        self._at = now
        return self._left >= 1

    def take(self) -> None:
        self._left -= 1


class Limits:
    """Counts in memory. A call that is refused costs nothing."""

    def __init__(self, limits: dict[str, int] | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._limits: dict[str, int] = {}
        self._buckets: dict[str, Bucket] = {}
        self.refused = 0
        self.set(limits or OFF)

    def set(self, limits: dict[str, int]) -> None:
        self._limits, self._buckets, self.refused = dict(limits), {}, 0

    def replace(self, encoded: bytes) -> None:
        """By `{"endpoint": 25, "total": 100}`; what is not named, or 0, is not limited. Unchanged if it is wrong."""
        try:
            wanted = orjson.loads(encoded)
        except orjson.JSONDecodeError:
            wanted = None
        if not isinstance(wanted, dict):
            raise StripeError(400, "The body must be a JSON object of limits.")
        for name, value in wanted.items():
            if name not in OFF:
                raise invalid(name[:80], f"There is no limit named {name[:80]}.", "parameter_unknown")
            if type(value) is not int or not 0 <= value <= MOST:
                raise invalid(name, f"{name} must be a JSON integer between 0 and {MOST}.")
        self.set(OFF | wanted)

    def shown(self) -> dict[str, Any]:
        """With the number of calls refused since they were set."""
        return {**self._limits, "refused": self.refused}

    def take(self, endpoint: str) -> None:
        """429 for a call too many."""
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

"""Rate limits whose quotas do not refill while a test runs."""

from __future__ import annotations

from chassis.cache import Valkey
from chassis.limits import Limiter
from chassis.limits.gcra import Local


def at_one_moment(limiter: Limiter) -> None:
    """Make it decide alone, at a time that stands still: exact however long a busy machine takes."""
    limiter._valkey = Valkey(None)  # noqa: SLF001 -- nothing but a test stops the time
    limiter._local = Local(clock=lambda: 50_000_000_000)  # noqa: SLF001 -- as above

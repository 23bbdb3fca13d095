"""When a message is sent again, and when an endpoint is switched off."""

from __future__ import annotations

from datetime import timedelta

# Pauses after each failed try, in seconds: over a day in all. The hour of a receiver's repair need not be known.
PAUSES = (5, 60, 300, 1_800, 7_200, 18_000, 36_000, 36_000)
MOST_TRIES = len(PAUSES) + 1
# An endpoint that has taken nothing for so long is switched off.
FAILING_AT_MOST = timedelta(days=3)
# The secret before the last one is good for so long after a change.
OLD_SECRET = timedelta(hours=24)


def pause_after(tries: int) -> int | None:
    """How many seconds to wait after so many tries; None: it is given up."""
    return PAUSES[tries - 1] if tries < MOST_TRIES else None

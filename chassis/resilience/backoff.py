"""Back-off: how long to wait before the next try, after any number of failures in a row."""

from __future__ import annotations

import random

# No pause is reached by more steps. Without a bound, `2.0 ** 1024` is an OverflowError, after 34 minutes of outage.
_MOST_STEPS = 32


def pause(failures: int, *, first: float, longest: float, factor: float = 2.0) -> float:
    """Seconds to wait after so many failures in a row (1 and more): `first`, then `factor` times as long each time, at
    most `longest`; each up to a quarter less, so that those who failed together do not come back together.
    """
    steps = min(max(failures - 1, 0), _MOST_STEPS)
    return min(first * factor**steps, longest) * random.uniform(0.75, 1)  # noqa: S311 -- no secret

"""The median of a few values, and an interval that has the true median with 95 %, by order statistics."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from typing import NamedTuple

LEVEL = 0.95


class Median(NamedTuple):
    """`low` to `high` has the true median with the probability `sure`: less than 95 % of fewer than 6 values."""

    value: float
    low: float
    high: float
    sure: float


def median(values: Sequence[float]) -> Median:
    """Of one value at least.

    Whatever their distribution is: how many of n values lie below the true median is as n tosses of a coin.
    """
    ordered, n = sorted(values), len(values)

    def sure(rank: int) -> float:
        """That the true median is between the values with this rank from below and from above, beginning with 0."""
        outside = sum(math.comb(n, below) for below in range(rank + 1))
        return 1 - 2 * outside / float(2**n)

    rank = max([0, *(rank for rank in range(n // 2) if sure(rank) >= LEVEL)])
    return Median(statistics.median(ordered), ordered[rank], ordered[n - 1 - rank], max(0.0, sure(rank)))

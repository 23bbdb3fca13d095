"""Shares of an amount that sum exactly."""

from __future__ import annotations

from collections.abc import Sequence

from orders.pricing.domain import rounding
from orders.pricing.domain.basket import MILLION


def spread(amount: int, weights: Sequence[int]) -> list[int]:
    """As `rounding.spread`, but at most the sum of the weights, so that no share exceeds its weight."""
    amount = min(amount, sum(weights))
    return rounding.spread(amount, weights) if amount > 0 else [0] * len(weights)


def part(amount: int, rate: int) -> int:
    """`rate` millionths of an amount, half up."""
    return rounding.half_up(amount * rate, MILLION)

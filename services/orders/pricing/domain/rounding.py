"""The one rule of rounding: half up, once a line, in minor units. No float is ever made."""

from __future__ import annotations

from collections.abc import Sequence

from orders.pricing.domain.basket import MILLION


def half_up(numerator: int, denominator: int) -> int:
    """The quotient of two numbers that are not negative, rounded half up."""
    return (2 * numerator + denominator) // (2 * denominator)


def tax_on(net: int, rate: int) -> int:
    """The tax that comes on top of a price without tax."""
    return half_up(net * rate, MILLION)


def tax_in(gross: int, rate: int) -> int:
    """The tax that a price with tax holds."""
    return half_up(gross * rate, MILLION + rate)


def spread(amount: int, weights: Sequence[int]) -> list[int]:
    """The amount in parts by these weights, of which one at least is not 0. The parts sum to the amount exactly.

    Each part is its exact share rounded down; the units that are left go to the largest remainders, of equal ones to
    the first.
    """
    whole = sum(weights)
    parts = [amount * weight // whole for weight in weights]
    left = amount - sum(parts)
    # sorted() keeps the order of equals.
    by_remainder = sorted(range(len(weights)), key=lambda place: -(amount * weights[place] % whole))
    for place in by_remainder[:left]:
        parts[place] += 1
    return parts

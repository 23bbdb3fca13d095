"""Amounts in parts."""

from __future__ import annotations

from collections.abc import Sequence

from orders import pricing


def spread(amount: int, weights: Sequence[int]) -> list[int]:
    """As pricing's; where all weights are 0, the first part is the whole amount."""
    return pricing.spread(amount, weights) if any(weights) else [amount, *[0] * (len(weights) - 1)]


def fitted(amount: int, parts: Sequence[int], bounds: Sequence[tuple[int, int]]) -> list[int] | None:
    """The parts, as near as the bounds of each allow, so that they add up to the amount; None: they cannot."""
    found = [min(max(part, least), most) for part, (least, most) in zip(parts, bounds, strict=True)]
    for at, (least, most) in enumerate(bounds):
        found[at] = min(max(found[at] + amount - sum(found), least), most)
    return found if sum(found) == amount else None

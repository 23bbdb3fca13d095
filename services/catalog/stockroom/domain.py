"""What an edit makes of the stock of one variant: the same for a preview and for the edit itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal
from uuid import UUID

# Variants in one edit: their rows are locked together.
MOST = 100
LIMIT = 1_000_000_000
Outcome = Literal["changed", "unchanged", "refused", "not_found"]


class Reason(StrEnum):
    """Why staff change what is on the shelf."""

    COUNTED = "counted"
    RECEIVED = "received"
    RETURNED = "returned"
    FOUND = "found"
    DAMAGED = "damaged"
    EXPIRED = "expired"
    LOST = "lost"
    STOLEN = "stolen"
    GIVEN_AWAY = "given_away"
    CORRECTED = "corrected"


@dataclass(frozen=True, slots=True)
class Level:
    """The stock of a variant. `low_at`: it is low with so many units or fewer; None: nobody is told."""

    variant_id: UUID
    sku: str
    on_hand: int
    reserved: int
    tracked: bool
    backorder: bool
    low_at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to become of the stock of a variant. None: it stays, as does `low_at` where `keeps_low_at`."""

    sku: str
    delta: int | None = None
    on_hand: int | None = None
    expected_on_hand: int | None = None
    tracked: bool | None = None
    backorder: bool | None = None
    low_at: int | None = None
    keeps_low_at: bool = True


@dataclass(frozen=True, slots=True)
class Planned:
    """What becomes of one variant. `before` and `after` are equal where nothing changes; None: there is no such SKU.

    `problem`: why it is refused, as the type of a problem.
    """

    sku: str
    outcome: Outcome
    before: Level | None = None
    after: Level | None = None
    problem: str | None = None


def plan(level: Level | None, wish: Wish) -> Planned:
    """The stock as it would be, or why it cannot be so."""
    if level is None:
        return Planned(wish.sku, "not_found")
    after = _after(level, wish)
    problem = _problem(level, after, wish)
    if problem is not None:
        return Planned(wish.sku, "refused", level, level, problem)
    return Planned(wish.sku, "unchanged" if after == level else "changed", level, after)


def _after(level: Level, wish: Wish) -> Level:
    on_hand = level.on_hand if wish.on_hand is None else wish.on_hand
    return replace(
        level,
        on_hand=on_hand + (wish.delta or 0),
        tracked=level.tracked if wish.tracked is None else wish.tracked,
        backorder=level.backorder if wish.backorder is None else wish.backorder,
        low_at=level.low_at if wish.keeps_low_at else wish.low_at,
    )


def _problem(level: Level, after: Level, wish: Wish) -> str | None:
    if wish.expected_on_hand not in {None, level.on_hand}:
        return "stock-differs"
    if abs(after.on_hand) > LIMIT:
        return "stock-out-of-range"
    counts = (after.on_hand, after.tracked, after.backorder) != (level.on_hand, level.tracked, level.backorder)
    if counts and after.tracked and not after.backorder and after.on_hand < after.reserved:
        return "stock-reserved"
    return None

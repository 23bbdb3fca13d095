"""Stock and reservations: the rules by which orders get units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

Units = Mapping[UUID, int]
"""Units by variant."""


def total(lines: Iterable[tuple[UUID, int]]) -> dict[UUID, int]:
    """Units by variant over all lines (a variant may stand on several), in the order in which rows are locked."""
    units: dict[UUID, int] = {}
    for variant_id, quantity in lines:
        units[variant_id] = units.get(variant_id, 0) + quantity
    return dict(sorted(units.items()))


class Countable:
    """What can be ordered of a variant, from its stock."""

    __slots__ = ()
    on_hand: int
    reserved: int
    tracked: bool
    backorder: bool

    @property
    def available(self) -> int | None:
        """Units that may be sold now; None: no limit."""
        return None if not self.tracked or self.backorder else max(self.on_hand - self.reserved, 0)

    @property
    def in_stock(self) -> bool:
        """Whether at least one unit may be sold now."""
        return self.available is None or self.available > 0


@dataclass(slots=True)
class StockLevel(Countable):
    """The stock of a variant. `sellable`: its product is active and has the variant."""

    variant_id: UUID
    sku: str
    on_hand: int
    reserved: int
    tracked: bool
    backorder: bool
    updated_at: datetime | None = None
    sellable: bool = True

    def allows(self, quantity: int) -> bool:
        """Whether so many units can be reserved."""
        return self.sellable and (self.available is None or quantity <= self.available)


@dataclass(frozen=True)
class Shortage:
    """More was asked for than there is. `sku` is empty where the variant is unknown."""

    variant_id: UUID
    sku: str
    requested: int
    available: int


def shortages(levels: Mapping[UUID, StockLevel], wanted: Units) -> list[Shortage]:
    """The variants of which fewer units are available than wanted; empty if all can be taken."""
    short = []
    for variant_id, quantity in wanted.items():
        level = levels.get(variant_id)
        if level is None:
            short.append(Shortage(variant_id, "", quantity, 0))
        elif not level.allows(quantity):
            short.append(Shortage(variant_id, level.sku, quantity, (level.available or 0) if level.sellable else 0))
    return short


class ReservationStatus(StrEnum):
    """The status of a reservation: `held` until it is paid (`committed`), cancelled (`released`) or `expired`."""

    HELD = "held"
    COMMITTED = "committed"
    RELEASED = "released"
    EXPIRED = "expired"


@dataclass(frozen=True)
class HoldRequest:
    """A request to hold units for an order, for the time `hold`."""

    order_id: UUID
    wanted: Units
    hold: timedelta


@dataclass(frozen=True)
class Reservation:
    """The reservation of an order. `expires_at` is None where the order was released before it reserved anything."""

    order_id: UUID
    status: ReservationStatus
    wanted: Units
    expires_at: datetime | None

    def stands(self, now: datetime) -> bool:
        """Whether it is held and not expired. An expired one keeps its units until the sweep releases them."""
        return self.status is ReservationStatus.HELD and self.expires_at is not None and self.expires_at > now


def variants_of(reservations: Iterable[Reservation]) -> list[UUID]:
    """The variants of all reservations, in the order in which their stock is locked."""
    return sorted({variant_id for reservation in reservations for variant_id in reservation.wanted})


class Outcome(StrEnum):
    """The result of a request to hold, sell or release: done, `again` (it was done before), refused, or `locked`: not
    done, since another transaction keeps a row locked.
    """

    HELD = "held"
    SOLD = "sold"
    GIVEN_UP = "given_up"
    AGAIN = "again"
    SHORT = "short"
    RELEASED = "released"
    COMMITTED = "committed"
    MISMATCH = "mismatch"
    LOCKED = "locked"


@dataclass(frozen=True)
class Decision:
    """The answer to a request: the reservation, or the shortages."""

    outcome: Outcome
    reservation: Reservation | None = None
    shortages: tuple[Shortage, ...] = ()


def decide(
    asks: Iterable[HoldRequest], known: dict[UUID, Reservation], levels: Mapping[UUID, StockLevel], now: datetime
) -> list[Decision]:
    """Answers to requests in their order, each for all units or none. Adds what it holds to `levels` and `known`.

    An expired hold is renewed: at once while its units are still held, else if the stock allows it.
    """
    return [_decide(ask, known, levels, now) for ask in asks]


def _decide(
    ask: HoldRequest, known: dict[UUID, Reservation], levels: Mapping[UUID, StockLevel], now: datetime
) -> Decision:
    before = known.get(ask.order_id)
    if before is not None:
        if before.status is ReservationStatus.RELEASED:
            return Decision(Outcome.RELEASED)
        if before.wanted != ask.wanted:
            return Decision(Outcome.MISMATCH)
        if before.status is ReservationStatus.COMMITTED or before.stands(now):
            return Decision(Outcome.AGAIN, before)
    if before is None or before.status is ReservationStatus.EXPIRED:
        short = shortages(levels, ask.wanted)
        if short:
            return Decision(Outcome.SHORT, shortages=tuple(short))
        for variant_id, quantity in ask.wanted.items():
            levels[variant_id].reserved += quantity
    held = known[ask.order_id] = Reservation(ask.order_id, ReservationStatus.HELD, ask.wanted, now + ask.hold)
    return Decision(Outcome.HELD, held)


def decide_sale(order: Reservation | None, levels: Mapping[UUID, StockLevel]) -> Decision:
    """Whether an order's units may be sold. An expired hold is tried again; its units are subtracted from `levels`.

    Nothing is sold for an order that was released or is unknown: its units may be held for another order by now.
    """
    if order is None or order.status is ReservationStatus.RELEASED:
        return Decision(Outcome.SHORT)
    if order.status is ReservationStatus.COMMITTED:
        return Decision(Outcome.AGAIN, order)
    if order.status is ReservationStatus.EXPIRED:
        short = shortages(levels, order.wanted)
        if short:
            return Decision(Outcome.SHORT, shortages=tuple(short))
        for variant_id, quantity in order.wanted.items():
            levels[variant_id].on_hand -= quantity
    return Decision(Outcome.SOLD, order)


def decide_release(order: Reservation | None) -> Outcome:
    """The outcome of a release: units that are sold stay sold."""
    if order is not None and order.status is ReservationStatus.COMMITTED:
        return Outcome.COMMITTED
    return Outcome.AGAIN if order is not None and order.status is ReservationStatus.RELEASED else Outcome.GIVEN_UP

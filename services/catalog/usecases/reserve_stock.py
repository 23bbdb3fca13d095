"""Reserve units for orders: all lines of an order or none, once per order, many orders in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from catalog import metrics
from catalog.context import CatalogContext
from catalog.domain.stock import Decision, HoldRequest, Outcome, Reservation, ReservationStatus, decide
from catalog.events import publish_stock
from catalog.problems import LOCKED, OutOfStock, ReservationMismatch, ReservationReleased
from catalog.store import holds
from catalog.store import reservations as store
from catalog.store.batches import decide_together
from chassis.cache import Batcher
from chassis.db import Database, WriteTx
from chassis.problems import Unavailable
from chassis.resilience import failpoints


class Reserver(Batcher[HoldRequest, Decision]):
    """Combines the reservations of one process."""

    def __init__(self, db: Database) -> None:
        super().__init__(lambda asks: reserve_all(db, asks))


async def reserve_stock(ctx: CatalogContext, ask: HoldRequest) -> Reservation:
    """Hold units for an order. The same request gets the same answer; an expired hold is renewed if stock allows.

    Raises:
        OutOfStock: at least one line is not available in full; nothing is held.
        ReservationReleased: the order was released before. ReservationMismatch: it has reserved other units.
        Unavailable: another transaction keeps the stock locked.
    """
    decision = await ctx.get(Reserver).submit(ask)
    metrics.reservations.inc(decision.outcome)
    if decision.reservation is not None:
        return decision.reservation
    if decision.outcome is Outcome.LOCKED:
        raise Unavailable(LOCKED)
    if decision.outcome is Outcome.SHORT:
        raise OutOfStock.of(decision.shortages)
    raise ReservationReleased if decision.outcome is Outcome.RELEASED else ReservationMismatch


async def reserve_all(db: Database, asks: Sequence[HoldRequest]) -> list[Decision]:
    """Answer many asks at once. Those that are not held at once are decided in the order in which they came."""
    return await decide_together(
        db,
        asks,
        key=lambda ask: (ask.order_id, ask.wanted),
        at_once=lambda tx: _hold(tx, asks),
        one_by_one=_reserve,
        locked=Decision(Outcome.LOCKED),
    )


async def _hold(tx: WriteTx, asks: Sequence[HoldRequest]) -> dict[UUID, Decision]:
    wanted = {ask.order_id: ask.wanted for ask in asks}
    until = await holds.begin(tx, asks) if len(wanted) == len(asks) else {}
    await failpoints.point("reserve.written")
    return {
        order_id: Decision(Outcome.HELD, Reservation(order_id, ReservationStatus.HELD, wanted[order_id], expires_at))
        for order_id, expires_at in until.items()
    }


async def _reserve(tx: WriteTx, asks: Sequence[HoldRequest]) -> list[Decision]:
    before = await store.find(tx, sorted({ask.order_id for ask in asks}))
    levels = await store.lock_levels(tx, sorted({variant for ask in asks for variant in ask.wanted}))
    decisions = decide(asks, dict(before), levels, await store.now(tx))
    held = [(ask, d.reservation) for ask, d in zip(asks, decisions, strict=True) if d.outcome is Outcome.HELD]
    new = [ask for ask, _ in held if ask.order_id not in before]
    if new and len(await holds.begin(tx, new)) < len(new):
        raise store.Collision
    again = [reservation for ask, reservation in held if reservation and ask.order_id in before]
    if again:
        await publish_stock(tx, await store.hold_again(tx, again))
    await failpoints.point("reserve.decided")
    return decisions

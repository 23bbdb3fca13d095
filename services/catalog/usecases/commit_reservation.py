"""Turn the reservation of an order into a sale, once; refused where the units are gone."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from catalog import metrics
from catalog.context import CatalogContext
from catalog.domain.stock import Decision, Outcome, Reservation, ReservationStatus, decide_sale, variants_of
from catalog.events import publish_stock
from catalog.problems import LOCKED, OutOfStock
from catalog.store import holds
from catalog.store import reservations as store
from catalog.store.batches import decide_together
from chassis.cache import Batcher
from chassis.db import Database, WriteTx
from chassis.problems import Unavailable
from chassis.resilience import failpoints


class Committer(Batcher[UUID, Decision]):
    """Combines the sales of one process."""

    def __init__(self, db: Database) -> None:
        super().__init__(lambda orders: commit_all(db, orders))


async def commit_reservation(ctx: CatalogContext, order_id: UUID) -> None:
    """Sell the units that an order holds. An expired hold is tried again. Repeated, it changes nothing.

    Raises:
        OutOfStock: an expired hold cannot be renewed, or the order was released or never reserved; nothing is sold.
        Unavailable: another transaction keeps the stock locked.
    """
    decision = await ctx.get(Committer).submit(order_id)
    if decision.outcome is Outcome.LOCKED:
        raise Unavailable(LOCKED)
    if decision.reservation is None:
        raise OutOfStock.of(decision.shortages)
    if decision.outcome is Outcome.SOLD:
        metrics.sold.inc(by=sum(decision.reservation.wanted.values()))


async def commit_all(db: Database, order_ids: Sequence[UUID]) -> list[Decision]:
    """Sell for many orders at once; the answers are in their order."""
    return await decide_together(
        db,
        order_ids,
        key=lambda order_id: (order_id, ()),
        at_once=lambda tx: _sell(tx, order_ids),
        one_by_one=_commit,
        locked=Decision(Outcome.LOCKED),
    )


async def _sell(tx: WriteTx, order_ids: Sequence[UUID]) -> dict[UUID, Decision]:
    ended = await holds.end(tx, order_ids, "committed")
    await failpoints.point("commit.written")
    return {
        order_id: Decision(Outcome.SOLD, Reservation(order_id, ReservationStatus.COMMITTED, hold.wanted, None))
        for order_id, hold in ended.items()
    }


async def _commit(tx: WriteTx, order_ids: Sequence[UUID]) -> list[Decision]:
    known = await store.find(tx, order_ids)
    levels = await store.lock_levels(tx, variants_of(known.values()))
    # Each order once: a sale of an expired hold is subtracted from `levels`.
    decided = {order_id: decide_sale(known.get(order_id), levels) for order_id in dict.fromkeys(order_ids)}
    sold = [order_id for order_id, decision in decided.items() if decision.outcome is Outcome.SOLD]
    lapsed = [known[order_id] for order_id in sold if known[order_id].status is ReservationStatus.EXPIRED]
    if lapsed:
        await publish_stock(tx, await store.hold_again(tx, lapsed))
    if sold:
        await holds.end(tx, sold, "committed")
    await failpoints.point("commit.decided")
    return [decided[order_id] for order_id in order_ids]

"""Release the reservation of an order. An unknown order is noted, so that a later reservation of it is refused."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from catalog.context import CatalogContext
from catalog.domain.stock import Outcome, ReservationStatus, decide_release, variants_of
from catalog.problems import LOCKED, ReservationCommitted
from catalog.store import holds
from catalog.store import reservations as store
from catalog.store.batches import decide_together
from chassis.cache import Batcher
from chassis.db import Database, WriteTx
from chassis.problems import Unavailable
from chassis.resilience import failpoints


class Releaser(Batcher[UUID, Outcome]):
    """Combines the releases of one process."""

    def __init__(self, db: Database) -> None:
        super().__init__(lambda orders: release_all(db, orders))


async def release_reservation(ctx: CatalogContext, order_id: UUID) -> None:
    """Give an order's units back. Repeated, it does nothing more.

    Raises:
        ReservationCommitted: they are sold. Unavailable: another transaction keeps the stock locked.
    """
    outcome = await ctx.get(Releaser).submit(order_id)
    if outcome is Outcome.LOCKED:
        raise Unavailable(LOCKED)
    if outcome is Outcome.COMMITTED:
        raise ReservationCommitted


async def release_all(db: Database, order_ids: Sequence[UUID]) -> list[Outcome]:
    """Release for many orders at once; the answers are in their order."""
    return await decide_together(
        db,
        order_ids,
        key=lambda order_id: (order_id, ()),
        at_once=lambda tx: _give_back(tx, order_ids),
        one_by_one=_release,
        locked=Outcome.LOCKED,
    )


async def _give_back(tx: WriteTx, order_ids: Sequence[UUID]) -> dict[UUID, Outcome]:
    ended = await holds.end(tx, order_ids, "released")
    await failpoints.point("release.written")
    return dict.fromkeys(ended, Outcome.GIVEN_UP)


async def _release(tx: WriteTx, order_ids: Sequence[UUID]) -> list[Outcome]:
    known = await store.find(tx, order_ids)
    decided = {order_id: decide_release(known.get(order_id)) for order_id in order_ids}
    given_up = [order_id for order_id, outcome in decided.items() if outcome is Outcome.GIVEN_UP]
    await store.lock_levels(tx, variants_of(known.values()))
    ended = await holds.end(tx, given_up, "released")
    await store.finish(
        tx, [order_id for order_id in given_up if order_id in known.keys() - ended.keys()], ReservationStatus.RELEASED
    )
    await store.insert_released(tx, [order_id for order_id in given_up if order_id not in known])
    await failpoints.point("release.decided")
    return [decided[order_id] for order_id in order_ids]

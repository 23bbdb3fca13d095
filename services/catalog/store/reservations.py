"""Reservations and their stock, read and written one by one; locked in the order of catalog.store.holds."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from catalog.domain.stock import Reservation, ReservationStatus, StockLevel
from catalog.events import ChangedStock
from chassis.db import Database, WriteTx

T = TypeVar("T")

_TRIES = 3

# The article of the synthetic shopper: a draft, which nobody else sees, and which is quoted to nobody else.
PROBE_SLUG = "mercat-probe"
# Of a product p: what a reservation may hold.
SELLABLE = f"(p.status = 'active' or p.status = 'draft' and p.slug = '{PROBE_SLUG}')"

_FIND = """
select r.order_id, r.status, r.expires_at, l.variant_ids, l.quantities
from reservations r, lateral (
    select array_agg(variant_id order by variant_id) as variant_ids,
           array_agg(quantity order by variant_id) as quantities
    from reservation_lines where order_id = r.order_id
) l
where r.order_id = any($1)
order by r.order_id
for update of r
"""
_LEVELS = f"""
select s.variant_id, v.sku, s.on_hand, s.reserved, s.tracked, s.backorder,
       v.active and {SELLABLE} as sellable
from stock s join variants v on v.id = s.variant_id join products p on p.id = v.product_id
where s.variant_id = any($1)
order by s.variant_id
for no key update of s
"""
_HOLD_AGAIN = """
with again as (
    update reservations r set status = 'held', expires_at = asked.expires_at, updated_at = now()
    from unnest($1::uuid[], $2::timestamptz[]) as asked (order_id, expires_at)
    where r.order_id = asked.order_id
    returning r.order_id, old.status as before
), changed as (
    update stock set reserved = stock.reserved + taken.quantity, version = stock.version + 1, updated_at = now()
    from (
        select variant_id, sum(quantity) as quantity
        from reservation_lines join again using (order_id) where before = 'expired' group by variant_id
    ) as taken
    where stock.variant_id = taken.variant_id
    returning stock.variant_id, stock.on_hand, stock.reserved, stock.version
)
select changed.*, v.sku from changed join variants v on v.id = changed.variant_id order by changed.variant_id
"""
_FINISH = """
update reservations set status = $2, version = version + 1, updated_at = now() where order_id = any($1)
"""
_BURY = """
insert into reservations (order_id, status) select order_id, 'released' from unnest($1::uuid[]) as asked (order_id)
order by order_id on conflict (order_id) do nothing
"""
_LAPSED = """
select coalesce(array_agg(order_id order by order_id), '{}') from (
    select order_id from reservations where status = 'held' and expires_at <= now()
    order by expires_at limit $1
    for update skip locked
) as lapsed
"""
# Whether `lapsed` would find any.
ANY_LAPSED = "exists (select from reservations where status = 'held' and expires_at <= now())"


class Collision(Exception):
    """Another transaction inserted a reservation of the same order at the same time: try again."""


@dataclass(frozen=True, slots=True)
class _Row:
    order_id: UUID
    status: str
    expires_at: datetime | None
    variant_ids: list[UUID] | None
    quantities: list[int] | None


async def now(tx: WriteTx) -> datetime:
    """The database's time at the beginning of the transaction."""
    moment: datetime = await tx.value("select now()")
    return moment


async def find(tx: WriteTx, order_ids: Sequence[UUID]) -> dict[UUID, Reservation]:
    """Those of the orders that have a reservation, locked."""
    rows = await tx.rows(_Row, _FIND, order_ids)
    return {
        row.order_id: Reservation(
            row.order_id,
            ReservationStatus(row.status),
            dict(zip(row.variant_ids or [], row.quantities or [], strict=True)),
            row.expires_at,
        )
        for row in rows
    }


async def lock_levels(tx: WriteTx, variant_ids: Sequence[UUID]) -> dict[UUID, StockLevel]:
    """The stock of those of the variants that exist, locked."""
    return {level.variant_id: level for level in await tx.rows(StockLevel, _LEVELS, variant_ids)}


async def hold_again(tx: WriteTx, lapsed: Sequence[Reservation]) -> list[ChangedStock]:
    """Renew expired holds, and reserve the units again that were released by then."""
    return await tx.rows(ChangedStock, _HOLD_AGAIN, [r.order_id for r in lapsed], [r.expires_at for r in lapsed])


async def finish(tx: WriteTx, order_ids: Sequence[UUID], status: ReservationStatus) -> None:
    """Set the status of reservations that hold nothing."""
    await tx.execute(_FINISH, order_ids, status)


async def insert_released(tx: WriteTx, order_ids: Sequence[UUID]) -> None:
    """Insert released reservations for orders that have none.

    Raises:
        Collision: one of them has a reservation by now; the transaction must be rolled back.
    """
    if await tx.execute(_BURY, order_ids) != len(order_ids):
        raise Collision


async def lapsed(tx: WriteTx, limit: int) -> list[UUID]:
    """Orders whose hold has expired, locked; those that another transaction has locked are left out."""
    orders: list[UUID] = await tx.value(_LAPSED, limit)
    return orders


async def transact(db: Database, body: Callable[[WriteTx], Awaitable[T]]) -> T:
    """`db.transact`, and again after a collision."""
    for _ in range(_TRIES):
        try:
            return await db.transact(body)
        except Collision:
            continue
    return await db.transact(body)

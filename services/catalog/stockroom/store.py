"""SQL of the stockroom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from catalog.events import ChangedStock
from catalog.stockroom.domain import Level
from chassis.db import ReadTx, WriteTx

# Thresholds that a page of the list looks at, at most: few variants of many may be low.
MOST_LOOKED_AT = 2_000
_LEVELS = """
select s.variant_id, v.sku, s.on_hand, s.reserved, s.tracked, s.backorder, t.low_at
from variants v join stock s on s.variant_id = v.id left join stock_thresholds t on t.variant_id = v.id
where v.sku = any($1) order by s.variant_id
"""
_CHANGE = """
with changed as (
    update stock set on_hand = w.on_hand, tracked = w.tracked, backorder = w.backorder,
        version = stock.version + 1, updated_at = now()
    from unnest($1::uuid[], $2::bigint[], $3::boolean[], $4::boolean[]) as w (variant_id, on_hand, tracked, backorder)
    where stock.variant_id = w.variant_id
      and (stock.on_hand, stock.tracked, stock.backorder) is distinct from (w.on_hand, w.tracked, w.backorder)
    returning stock.variant_id, stock.on_hand, stock.reserved, stock.version, new.on_hand - old.on_hand as delta
), moved as (
    insert into stock_movements (variant_id, delta, reason, note, account_id)
    select variant_id, delta, $5, $6, $7 from changed where delta <> 0 order by variant_id
)
select c.variant_id, v.sku, c.on_hand, c.reserved, c.version
from changed c join variants v on v.id = c.variant_id order by c.variant_id
"""
_SET_LOW = """
insert into stock_thresholds (variant_id, low_at) select variant_id, low_at from unnest($1::uuid[], $2::bigint[])
as w (variant_id, low_at) order by variant_id
on conflict (variant_id) do update set low_at = excluded.low_at
"""
_NO_LOW = "delete from stock_thresholds where variant_id = any($1)"
_LOOKED = f"""
select variant_id, low_at from stock_thresholds
where ($1::uuid is null or variant_id > $1) order by variant_id limit {MOST_LOOKED_AT}
"""
_LOW = f"""
select l.variant_id, v.sku, p.slug as product_slug, p.title as product_title, s.on_hand, s.reserved, l.low_at,
       s.backorder
from ({_LOOKED}) l join stock s on s.variant_id = l.variant_id join variants v on v.id = l.variant_id
join products p on p.id = v.product_id
where s.tracked and v.active and p.status <> 'archived' and s.on_hand - s.reserved <= l.low_at
order by l.variant_id limit $2
"""
_COUNT_LOW = """
select count(*) from stock_thresholds l join stock s on s.variant_id = l.variant_id
join variants v on v.id = l.variant_id join products p on p.id = v.product_id
where s.tracked and v.active and p.status <> 'archived' and s.on_hand - s.reserved <= l.low_at
"""
_LAST_LOOKED_AT = f"""
select max(variant_id::text)::uuid from ({_LOOKED}) l having count(*) = {MOST_LOOKED_AT}
"""
_MOVEMENTS = """
select id, delta, reason, note, order_id, account_id, created_at from stock_movements
where variant_id = $1 and ($2::bigint is null or id < $2) order by id desc limit $3
"""


@dataclass(frozen=True, slots=True)
class LowVariant:
    """A variant of which few units are left."""

    variant_id: UUID
    sku: str
    product_slug: str
    product_title: str
    on_hand: int
    reserved: int
    low_at: int
    backorder: bool


@dataclass(frozen=True, slots=True)
class Movement:
    """A change of what is on the shelf."""

    id: int
    delta: int
    reason: str
    note: str | None
    order_id: UUID | None
    account_id: UUID | None
    created_at: datetime


async def levels(tx: ReadTx, skus: Sequence[str], *, lock: bool = False) -> dict[str, Level]:
    """Those of the SKUs that there are. `lock`: until the transaction ends, in the order in which orders lock them."""
    found = await tx.rows(Level, _LEVELS + ("for no key update of s" if lock else ""), skus)
    return {level.sku: level for level in found}


async def change(
    tx: WriteTx, wanted: Sequence[Level], *, reason: str, note: str | None, account_id: UUID
) -> list[ChangedStock]:
    """Write what differs of these levels, whose rows are locked; those whose stock is another one now."""
    columns = zip(*((w.variant_id, w.on_hand, w.tracked, w.backorder) for w in wanted), strict=True)
    changed = await tx.rows(ChangedStock, _CHANGE, *(list(each) for each in columns), reason, note, account_id)
    low = {w.variant_id: w.low_at for w in wanted if w.low_at is not None}
    await tx.execute(_SET_LOW, list(low), list(low.values()))
    await tx.execute(_NO_LOW, [w.variant_id for w in wanted if w.low_at is None])
    return changed


async def low(tx: ReadTx, after: UUID | None, limit: int) -> list[LowVariant]:
    """Variants of which no more is left than their threshold, of the next MOST_LOOKED_AT that have one."""
    return await tx.rows(LowVariant, _LOW, after, limit)


async def count_low(tx: ReadTx) -> int:
    """How many variants `low` would list, all pages together."""
    count: int = await tx.value(_COUNT_LOW)
    return count


async def last_looked_at(tx: ReadTx, after: UUID | None) -> UUID | None:
    """The last variant that `low` looks at; None: there are no more behind it."""
    last: UUID | None = await tx.value(_LAST_LOOKED_AT, after)
    return last


async def variant_of(tx: ReadTx, sku: str) -> UUID | None:
    """The variant's id."""
    found: UUID | None = await tx.value("select id from variants where sku = $1", sku)
    return found


async def movements(tx: ReadTx, variant_id: UUID, before: int | None, limit: int) -> list[Movement]:
    """The newest first."""
    return await tx.rows(Movement, _MOVEMENTS, variant_id, before, limit)

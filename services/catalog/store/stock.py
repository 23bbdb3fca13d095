"""Stock that staff reads, sets and adjusts."""

from __future__ import annotations

from uuid import UUID

from catalog.domain.stock import StockLevel
from catalog.events import ChangedStock
from chassis.db import ReadTx, WriteTx

_BY_SKU = """
select s.variant_id, v.sku, s.on_hand, s.reserved, s.tracked, s.backorder, s.updated_at
from stock s join variants v on v.id = s.variant_id where v.sku = $1
"""
_SET = """
with changed as (
    update stock set on_hand = $2, tracked = $3, backorder = $4, version = version + 1, updated_at = now()
    where variant_id = $1 and (on_hand, tracked, backorder) is distinct from ($2, $3, $4)
    returning variant_id, on_hand, reserved, version, new.on_hand - old.on_hand as delta
), moved as (
    insert into stock_movements (variant_id, delta, reason, account_id)
    select variant_id, delta, $5, $6 from changed where delta <> 0
)
select changed.variant_id, v.sku, changed.on_hand, changed.reserved, changed.version
from changed join variants v on v.id = changed.variant_id
"""
_ADJUST = """
with changed as (
    update stock set on_hand = on_hand + $2, version = version + 1, updated_at = now()
    where variant_id = $1
      and (not tracked or backorder or on_hand + $2 >= reserved)
      and on_hand + $2 between -1000000000 and 1000000000
    returning variant_id, on_hand, reserved, version
), moved as (
    insert into stock_movements (variant_id, delta, reason, account_id, operation_id)
    select variant_id, $2, $3, $4, $5 from changed
)
select changed.variant_id, v.sku, changed.on_hand, changed.reserved, changed.version
from changed join variants v on v.id = changed.variant_id
"""
_STOCK_OUTS = """
select count(*) from stock s
join variants v on v.id = s.variant_id join products p on p.id = v.product_id
where s.tracked and not s.backorder and s.on_hand <= s.reserved
  and v.active and p.status = 'active'
"""


async def by_sku(tx: ReadTx, sku: str, *, lock: bool = False) -> StockLevel | None:
    """`lock`: until the transaction ends."""
    return await tx.row(StockLevel, _BY_SKU + ("for no key update of s" if lock else ""), sku)


async def set_stock(
    tx: WriteTx,
    variant_id: UUID,
    on_hand: int,
    *,
    tracked: bool,
    backorder: bool,
    reason: str,
    account_id: UUID | None,
) -> ChangedStock | None:
    """Set the stock of a variant, which is locked. None: it is so already."""
    return await tx.row(ChangedStock, _SET, variant_id, on_hand, tracked, backorder, reason, account_id)


async def adjust(
    tx: WriteTx, variant_id: UUID, delta: int, *, reason: str, account_id: UUID, operation_id: UUID
) -> ChangedStock | None:
    """None: it stays as it is, since fewer would be left than are reserved, or more than can be counted."""
    return await tx.row(ChangedStock, _ADJUST, variant_id, delta, reason, account_id, operation_id)


async def adjusted(tx: ReadTx, operation_id: UUID) -> bool:
    """Whether this adjustment has been made."""
    return bool(await tx.value("select true from stock_movements where operation_id = $1", operation_id))


async def stock_outs(tx: ReadTx) -> int:
    """How many variants on sale have no unit left."""
    count: int = await tx.value(_STOCK_OUTS)
    return count

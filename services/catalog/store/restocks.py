"""Pieces that go back on the shelf: written, counted and moved by one statement, once for each id."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from catalog.domain.stock import Units
from catalog.events import ChangedStock
from chassis.db import ReadTx, WriteTx

# Stock is locked by variant id, as everywhere.
_RESTOCK = """
with restock as (
    insert into restocks (id) values ($1) on conflict (id) do nothing returning id
), asked as (
    select variant_id, quantity from unnest($2::uuid[], $3::bigint[]) as line (variant_id, quantity)
), level as (
    select variant_id, tracked and on_hand + quantity <= 1000000000 as counted
    from stock join asked using (variant_id)
    order by variant_id for no key update of stock
), line as (
    insert into restock_lines (restock_id, variant_id, quantity, outcome)
    select restock.id, asked.variant_id, asked.quantity,
           case when level.variant_id is null then 'unknown' when level.counted then 'counted' else 'uncounted' end
    from restock, asked left join level using (variant_id)
    returning variant_id, quantity, outcome
), changed as (
    update stock set on_hand = stock.on_hand + line.quantity, version = stock.version + 1, updated_at = now()
    from line where line.outcome = 'counted' and stock.variant_id = line.variant_id
    returning stock.variant_id, stock.on_hand, stock.reserved, stock.version, line.quantity
), moved as (
    insert into stock_movements (variant_id, delta, reason) select variant_id, quantity, 'restocked' from changed
), told as (
    select changed.variant_id, v.sku, changed.on_hand, changed.reserved, changed.version
    from changed join variants v on v.id = changed.variant_id
)
select coalesce((select jsonb_agg(told order by variant_id) from told), '[]') as changed from restock
"""
_LINES = "select variant_id, quantity, outcome from restock_lines where restock_id = $1 order by variant_id"


class RestockedLine(msgspec.Struct, frozen=True):
    """What became of a line: "counted", "uncounted" or "unknown"."""

    variant_id: UUID
    quantity: int
    outcome: str


async def restock(tx: WriteTx, restock_id: UUID, units: Units) -> list[ChangedStock] | None:
    """The stock that has grown; None: this restock was made before."""
    columns: list[Any] = [list(units), list(units.values())]
    changed: list[dict[str, Any]] | None = await tx.value(_RESTOCK, restock_id, *columns)
    return None if changed is None else msgspec.convert(changed, list[ChangedStock])


async def lines_of(tx: ReadTx, restock_id: UUID) -> list[RestockedLine]:
    """What became of the lines of a restock."""
    return await tx.rows(RestockedLine, _LINES, restock_id)

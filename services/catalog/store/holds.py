"""Begins and ends reservations of many orders in one statement each.

Rows are locked in one order everywhere: reservations by order id, then stock by variant id. A new reservation is
inserted after its stock is locked: until then no other transaction can lock it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from catalog.domain.stock import HoldRequest, Units
from catalog.events import ChangedStock, publish_stock
from catalog.store.reservations import SELLABLE
from chassis.db import WriteTx

# What the events say.
_CHANGED = """(
    select json_agg(told order by variant_id)::text from (
        select variant_id, sku, on_hand, reserved, version from changed join variants v on v.id = variant_id
    ) as told
)"""
# All of the orders are held, or none; but an order that is there by now is left out, with its units.
_HOLD = f"""
with asked as (
    select order_id, variant_id, quantity
    from unnest($3::uuid[], $4::uuid[], $5::bigint[]) as line (order_id, variant_id, quantity)
), wanted as (
    select variant_id, sum(quantity) as quantity from asked group by variant_id
), level as (
    select s.variant_id, v.active and {SELLABLE} as sellable,
           not s.tracked or s.backorder as endless, s.on_hand - s.reserved as available
    from stock s join variants v on v.id = s.variant_id join products p on p.id = v.product_id
    where s.variant_id = any($4)
    order by s.variant_id
    for no key update of s
), held as (
    insert into reservations (order_id, status, expires_at)
    select order_id, 'held', now() + hold from unnest($1::uuid[], $2::interval[]) as asked (order_id, hold)
    where (
        select bool_and(coalesce(sellable and (endless or available >= quantity), false))
        from wanted left join level using (variant_id)
    )
    order by order_id
    on conflict (order_id) do nothing
    returning order_id, expires_at
), line as (
    insert into reservation_lines (order_id, variant_id, quantity) select asked.* from asked join held using (order_id)
    returning variant_id, quantity
), changed as (
    update stock set reserved = stock.reserved + taken.quantity, version = stock.version + 1, updated_at = now()
    from (select variant_id, sum(quantity) as quantity from line group by variant_id) as taken
    where stock.variant_id = taken.variant_id
    returning stock.variant_id, stock.on_hand, stock.reserved, stock.version
)
select coalesce((select json_object_agg(order_id, expires_at) from held), '{{}}')::text as orders,
       {_CHANGED} as changed
"""
# Of those that are held: what has ended before is left out.
_END = f"""
with held as (
    select order_id from reservations where order_id = any($1) and status = 'held' order by order_id for update
), line as (
    select order_id, variant_id, quantity from held join reservation_lines using (order_id)
), level as (
    select variant_id from stock where variant_id in (select variant_id from line)
    order by variant_id for no key update
), changed as (
    update stock set
        on_hand = stock.on_hand - case when stock.tracked and $2 = 'committed' then ended.quantity else 0 end,
        reserved = stock.reserved - ended.quantity,
        version = stock.version + 1,
        updated_at = now()
    from (
        select variant_id, sum(quantity) as quantity from line join level using (variant_id) group by variant_id
    ) as ended
    where stock.variant_id = ended.variant_id
    returning stock.variant_id, stock.on_hand, stock.reserved, stock.version, stock.tracked
), moved as (
    insert into stock_movements (variant_id, delta, reason, order_id)
    select line.variant_id, -line.quantity, 'sold', line.order_id
    from line join changed using (variant_id) where tracked and $2 = 'committed'
), ended as (
    update reservations r set status = $2, version = r.version + 1, updated_at = now()
    from held where r.order_id = held.order_id
    returning r.order_id, r.version
)
select coalesce((
    select json_object_agg(order_id, json_build_object('version', version, 'wanted', wanted)) from (
        select order_id, version, json_object_agg(variant_id, quantity) as wanted
        from line join ended using (order_id) group by order_id, version
    ) as orders
), '{{}}')::text as orders, {_CHANGED} as changed
"""


class EndedHold(msgspec.Struct, frozen=True):
    """A hold that has ended: the version of its reservation after that, and its units."""

    version: int
    wanted: Units


@dataclass(frozen=True, slots=True)
class _Row:
    orders: str
    changed: str | None


_UNTIL = msgspec.json.Decoder(dict[UUID, datetime])
_ENDED = msgspec.json.Decoder(dict[UUID, EndedHold])
_STOCK = msgspec.json.Decoder(list[ChangedStock])


async def begin(tx: WriteTx, asks: Sequence[HoldRequest]) -> dict[UUID, datetime]:
    """Hold the units of all these orders, or of none; when each hold expires. Known orders are left out."""
    lines = [(ask.order_id, *line) for ask in asks for line in ask.wanted.items()]
    new = [ask.order_id for ask in asks], [ask.hold for ask in asks]
    return _UNTIL.decode(await _run(tx, _HOLD, *new, *zip(*lines, strict=True)))


async def end(
    tx: WriteTx, order_ids: Sequence[UUID], status: Literal["committed", "released", "expired"]
) -> dict[UUID, EndedHold]:
    """Sell or release the units held for these orders. Orders without a hold are left out."""
    return _ENDED.decode(await _run(tx, _END, order_ids, status))


async def _run(tx: WriteTx, sql: str, *arguments: object) -> str:
    """Run the statement and publish the changes of stock; its orders as JSON."""
    row = await tx.row(_Row, sql, *arguments)
    assert row is not None  # noqa: S101 -- it selects without a table
    await publish_stock(tx, _STOCK.decode(row.changed) if row.changed else [])
    return row.orders

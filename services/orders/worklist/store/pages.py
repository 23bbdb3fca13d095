"""One page of the work list. It looks at a bounded number of orders, and says where the next one is to go on."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

from chassis.db import ReadTx, ReportTx
from orders.checkout import COLUMNS, Order, order_of
from orders.worklist.domain.filters import Filters, Place
from orders.worklist.store import conditions
from orders.worklist.store.candidates import MOST, few
from orders.worklist.store.conditions import Arguments
from orders.worklist.store.states import LINES

# Ends of the list: nothing is newer or older.
_NEWEST = Place(datetime(9999, 1, 1, tzinfo=UTC), UUID(int=(1 << 128) - 1))
_OLDEST = Place(datetime(1, 1, 1, tzinfo=UTC), UUID(int=0))


class FoundOrder(msgspec.Struct, frozen=True):
    """An order with its tags."""

    order: Order
    tags: list[str]


class FoundPage(msgspec.Struct, frozen=True):
    """Orders, and where to go on: None at the end. A page may be short, or empty, and not be the last."""

    items: list[FoundOrder]
    next: Place | None


class _Row(msgspec.Struct, frozen=True):
    """What the statement returns. Where nothing was found, there is one row without an order."""

    found: FoundOrder | None
    place: Place | None
    examined: int
    edge: Place | None


async def page(
    tx: ReadTx | ReportTx, filters: Filters, after: Place | None, limit: int, *, oldest_first: bool = False
) -> FoundPage:
    """The orders behind `after`, or from the beginning, that the filters find."""
    ids = await few(tx, filters)
    take = Arguments()
    sql = _sql(filters, ids, after or (_OLDEST if oldest_first else _NEWEST), limit, take, oldest_first=oldest_first)
    # Planned for what is asked: the statement is another one for other filters.
    rows = await tx.rows_planned(_row, sql, *take.values)
    found = [row for row in rows if row.found is not None]
    if len(found) > limit:
        return FoundPage([row.found for row in found[:limit] if row.found is not None], found[limit - 1].place)
    more = ids is None and rows[0].examined == MOST
    return FoundPage([row.found for row in found if row.found is not None], rows[0].edge if more else None)


def _sql(
    filters: Filters, ids: list[UUID] | None, after: Place, limit: int, take: Arguments, *, oldest_first: bool
) -> str:
    way, behind = ("asc", ">") if oldest_first else ("desc", "<")
    bounds = _bounds(filters, after, take, behind)
    source, first = "order_search", ""
    if ids is not None:
        # In a part of its own: it is read by its key, however many of them there are.
        source = "picked"
        first = f"picked as materialized (select * from order_search where order_id = any({take(ids, 'uuid[]')})), "
    makers = (conditions.by_words, conditions.by_email, conditions.by_order, conditions.by_state)
    wanted = [condition for make in makers for condition in make(filters, take)]
    # Where each order is one that is found, no more of them are looked at.
    window = MOST if wanted else limit + 1
    lines = f", {LINES}" if conditions.needs_lines(filters) else ""
    order = f"placed_at {way}, order_id {way}"
    return f"""
    with {first}examined as materialized (
        select * from {source} where {" and ".join(bounds)} order by {order} limit {window}
    ), found as materialized (
        select s.placed_at, s.order_id from examined s join orders o on o.id = s.order_id
        left join order_progress p on p.order_id = o.id{lines}
        where {" and ".join(wanted) or "true"} order by s.placed_at {way}, s.order_id {way} limit {limit + 1}
    ), edge as (
        select (select count(*) from examined) as examined, last.*
        from (values (true)) as one left join (
            select placed_at as edge_at, order_id as edge_id from examined
            order by placed_at {_OTHER[way]}, order_id {_OTHER[way]} limit 1
        ) as last on true
    )
    select edge.*, found.placed_at as found_at, {COLUMNS}, array(
        select tag from order_tags t where t.order_id = o.id order by tag
    ) as tags
    from edge left join found on true left join orders o on o.id = found.order_id
    order by found.placed_at {way}, found.order_id {way}
    """


_OTHER = {"asc": "desc", "desc": "asc"}


def _bounds(filters: Filters, after: Place, take: Arguments, behind: str) -> list[str]:
    """Conditions on the time at which an order was placed; `behind` is < or >."""
    found = [f"(placed_at, order_id) {behind} ({take(after.placed_at, 'timestamptz')}, {take(after.order_id, 'uuid')})"]
    if filters.placed_from:
        found.append(f"placed_at >= {take(filters.placed_from, 'timestamptz')}")
    if filters.placed_to:
        found.append(f"placed_at < {take(filters.placed_to, 'timestamptz')}")
    return found


def _row(
    *,
    examined: int,
    edge_at: datetime | None,
    edge_id: UUID | None,
    found_at: datetime | None,
    tags: list[str],
    **columns: Any,
) -> _Row:
    edge = None if edge_at is None or edge_id is None else Place(edge_at, edge_id)
    if found_at is None:
        return _Row(None, None, examined, edge)
    return _Row(FoundOrder(order_of(**columns), tags), Place(found_at, columns["id"]), examined, edge)

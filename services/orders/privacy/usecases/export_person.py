"""A copy of what is kept of a person here and of their payments, in pages."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from chassis.db import exports
from orders.context import OrdersContext
from orders.privacy import payments_calls
from orders.privacy.domain.person import Person
from orders.privacy.store import erasures
from orders.privacy.store.exported import PARTS
from orders.privacy.usecases.open_matters import FIRST

PAYMENTS = "payments"
_ORDERS_AT_ONCE = 20


class CopyPage(msgspec.Struct, frozen=True):
    """Rows by table; those of the payment service are named `payments.<table>`. `next`: where the next page begins."""

    tables: dict[str, list[dict[str, Any]]]
    next: tuple[str, ...] | None


async def export_person(ctx: OrdersContext, person: Person, after: tuple[str, ...] | None) -> CopyPage:
    """`after`: `next` of the page before. Raises Unavailable: payments does not answer."""
    if after is not None and after[0] == PAYMENTS:
        return await _of_payments(ctx, person, UUID(after[1]), after[2] or None)
    place = None if after is None else (after[0], after[1])
    async with ctx.db.read() as tx:
        page = await exports.read(tx, PARTS, person.asked, place)
    return CopyPage(page.tables, page.next or (PAYMENTS, str(FIRST), ""))


async def _of_payments(ctx: OrdersContext, person: Person, last: UUID, after: str | None) -> CopyPage:
    async with ctx.db.read() as tx:
        order_ids = await erasures.orders_of(tx, person, last, _ORDERS_AT_ONCE)
    if not order_ids:
        return CopyPage({}, None)
    page = await payments_calls.copy_of(ctx, order_ids, after)
    tables = {f"{PAYMENTS}.{name}": rows for name, rows in page.tables.items()}
    if page.next is not None:
        return CopyPage(tables, (PAYMENTS, str(last), page.next))
    return CopyPage(tables, (PAYMENTS, str(order_ids[-1]), "") if len(order_ids) == _ORDERS_AT_ONCE else None)

"""Why a person cannot be erased now: asked of the orders here, and of their payments there."""

from __future__ import annotations

from uuid import UUID

from chassis.db import ReadTx
from orders.context import OrdersContext
from orders.privacy import metrics, payments_calls
from orders.privacy.domain.open_matters import MOST_REASONS, reasons_of
from orders.privacy.domain.person import Person
from orders.privacy.problems import ErasureBlocked
from orders.privacy.store import erasures, open_orders

FIRST = UUID(int=0)
AT_ONCE = 100


async def open_matters(ctx: OrdersContext, person: Person) -> list[str]:
    """Plain sentences, none where the person can be erased. Raises Unavailable: payments does not answer."""
    async with ctx.db.read() as tx:
        found = await _here(tx, person)
    last = FIRST
    while len(found) < MOST_REASONS:
        async with ctx.db.read() as tx:
            order_ids = await erasures.orders_of(tx, person, last, AT_ONCE)
        if order_ids:
            found += await payments_calls.open_matters(ctx, order_ids)
        if len(order_ids) < AT_ONCE:
            break
        last = order_ids[-1]
    return list(dict.fromkeys(found))[:MOST_REASONS]


async def refuse_open(tx: ReadTx, person: Person) -> None:
    """Raises ErasureBlocked: something is open, as far as orders knows."""
    found = await _here(tx, person)
    if found:
        metrics.blocked.inc()
        raise ErasureBlocked("See `reasons`.", reasons=found[:MOST_REASONS])


async def _here(tx: ReadTx, person: Person) -> list[str]:
    return [reason for order in await open_orders.of_person(tx, person) for reason in reasons_of(order)]

"""Write the invoices of orders that were paid.

It runs behind the payments, some seconds late, so that paying costs not a statement more. Where it dies, nothing is
written of the batch, and no number is used up.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import asyncpg
import msgspec

from chassis import telemetry
from chassis.db import WriteTx
from chassis.resilience import failpoints
from chassis.shop_profile import KeptShop
from chassis.values import uuid7
from orders.checkout import Order
from orders.context import OrdersContext
from orders.documents import metrics
from orders.documents.domain.content import DocumentError, invoice_of
from orders.documents.domain.seller import seller_of
from orders.documents.store import documents
from orders.documents.store.documents import NewDocument, Series
from orders.locales import LANGUAGES, language_of

# One transaction, which holds the locks of so many orders.
BATCH = 50
# Batches of one run: the next one goes on.
BATCHES = 40

_log = telemetry.logger(__name__)


async def issue_invoices(ctx: OrdersContext) -> None:
    """An invoice for each order that was paid and has none. One whose amounts do not add up is left out and told of."""
    failed: list[UUID] = []
    for _ in range(BATCHES):
        async with ctx.db.read() as tx:
            due = await documents.uninvoiced(tx, BATCH, failed)
        failed += await _issue(ctx, due.ids)
        if len(due.ids) < BATCH:
            async with ctx.db.write_one() as tx:
                await documents.looked_until(tx, due.at)
            return


async def issue_missing_invoices(ctx: OrdersContext) -> None:
    """An invoice for each order of the last week that could not have one when it was paid."""
    failed: list[UUID] = []
    for _ in range(BATCHES):
        async with ctx.db.read() as tx:
            due = await documents.missing(tx, BATCH, failed)
        failed += await _issue(ctx, due.ids)
        if len(due.ids) < BATCH:
            return


async def _issue(ctx: OrdersContext, order_ids: Sequence[UUID]) -> list[UUID]:
    """Write the invoices of these orders; those for which it cannot be done."""
    if not order_ids:
        return []
    try:
        async with ctx.db.write() as tx:
            orders = await documents.lock_paid(tx, order_ids)
            written = await write_invoices(ctx, orders, tx)
            await failpoints.point("documents.before_commit")
        metrics.issued.inc("invoice", by=written)
    except (DocumentError, msgspec.ValidationError, asyncpg.IntegrityConstraintViolationError) as error:
        if len(order_ids) > 1:
            return [wrong for one in order_ids for wrong in await _issue(ctx, [one])]
        metrics.failed.inc()
        _log.exception("document.failed", order_id=order_ids[0], error=error)
        return list(order_ids)
    return []


async def write_invoices(ctx: OrdersContext, orders: Sequence[Order], tx: WriteTx) -> int:
    """Write the invoices of paid orders that are locked and have none; how many. Raises as documents.write."""
    shop = ctx.get(KeptShop)
    seller, zone, spoken = seller_of(shop.seller), shop.look.time_zone, shop.look.language(LANGUAGES)
    wanted = [
        NewDocument(
            id=uuid7(),
            order_id=order.id,
            kind="invoice",
            language=language_of(order.locale, spoken),
            content=msgspec.structs.replace(invoice_of(order, seller), time_zone=zone),
        )
        for order in orders
    ]
    return await documents.write(tx, wanted, Series(ctx.settings.invoice_series, zone))

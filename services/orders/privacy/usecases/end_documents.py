"""Take the buyer out of the sealed documents of erased people once the time for which the law asks is over."""

from __future__ import annotations

from chassis.db import WriteTx, in_batches
from orders.context import OrdersContext
from orders.privacy.store import erasing

AT_ONCE = 500


async def end_documents(ctx: OrdersContext) -> None:
    """First, documents that were written after the erasure get their end."""
    years = ctx.settings.document_keep_years

    async def seal(tx: WriteTx, most: int) -> int:
        return await erasing.seal_late(tx, years, most)

    await in_batches(ctx.db, seal, AT_ONCE)
    await in_batches(ctx.db, erasing.end_documents, AT_ONCE)

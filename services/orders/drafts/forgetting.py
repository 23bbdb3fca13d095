"""Drafts that nobody has changed for long are deleted."""

from __future__ import annotations

from chassis.db import WriteTx, in_batches
from orders.context import OrdersContext
from orders.drafts.store import drafts

AT_ONCE = 500


async def forget_drafts(ctx: OrdersContext) -> None:
    """Sent ones too, which are orders by now. Safe to run at any time, concurrently."""

    async def forget(tx: WriteTx, limit: int) -> int:
        return await drafts.forget(tx, ctx.settings.draft_keep_days, limit)

    await in_batches(ctx.db, forget, AT_ONCE)

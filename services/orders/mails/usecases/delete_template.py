"""Have the built-in words of a mail again."""

from __future__ import annotations

from chassis.shop_profile import delete_words
from orders.context import OrdersContext


async def delete_template(ctx: OrdersContext, kind: str, language: str) -> None:
    """Delete what the shop's people wrote. Where they wrote nothing, nothing changes."""
    async with ctx.db.write() as tx:
        await delete_words(tx, kind, language)

"""What shop does after a database went back in time: API keys end, as sessions do, and figures are made anew."""

from __future__ import annotations

from datetime import datetime, timedelta

from shop.context import ShopContext
from shop.figures import start_reading
from shop.keys import end_all_keys

# Orders and payments serve again by then, and what they lost is older than what may still be on its way.
LATER = timedelta(seconds=90)


async def after_restore(ctx: ShopContext, _restored_to: datetime) -> list[str]:
    """A key that was ended after the backup would open again; lines for the operator."""
    count = await end_all_keys(ctx)
    async with ctx.db.write_one() as tx:
        await start_reading(tx, LATER)
    return [
        f"{count} API keys were ended: some may have been before, and nothing here tells which. Make new ones.",
        "Sales figures are made anew of what orders and payments hold, in some minutes.",
    ]

"""Look up payouts, for staff."""

from __future__ import annotations

from datetime import datetime

from chassis.problems import NotFound
from chassis.web import PageParams, pagination
from payments.context import PaymentsContext
from payments.payouts.store import payouts
from payments.payouts.store.payouts import Content, PayoutRow


async def list_payouts(
    ctx: PaymentsContext, page: PageParams, status: str | None
) -> tuple[list[PayoutRow], str | None]:
    """Newest first, and the cursor of the next page."""
    after = pagination.decode(page.cursor, tuple[datetime, str]) if page.cursor else None
    async with ctx.db.read() as tx:
        rows = await payouts.newest(tx, status, after, page.limit + 1)
    if len(rows) <= page.limit:
        return rows, None
    last = rows[page.limit - 1]
    return rows[: page.limit], pagination.encode((last.created_at, last.id))


async def whole_payout(ctx: PaymentsContext, payout_id: str) -> tuple[PayoutRow, list[Content]]:
    """A payout and what is in it. Raises NotFound."""
    async with ctx.db.read() as tx:
        payout = await payouts.one(tx, payout_id)
        if payout is None:
            raise NotFound(f"There is no payout {payout_id}.")
        return payout, await payouts.contents(tx, payout_id)

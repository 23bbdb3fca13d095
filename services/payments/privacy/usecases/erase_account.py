"""Erase what is kept of an account itself: its saved cards. The payments of its orders are erased by orders."""

from __future__ import annotations

from uuid import UUID

from payments.context import PaymentsContext
from payments.customers import delete_customer
from payments.privacy import store


async def erase_account(ctx: PaymentsContext, account_id: UUID) -> None:
    """Committed when this returns: no cards are saved for it any more, and a sweep deletes the customer at Stripe."""
    async with ctx.db.write_one() as tx:
        await store.note(tx, [account_id], "account")
    await delete_customer(ctx, account_id)

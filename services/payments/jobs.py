"""What payments does later, and what it does again and again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from chassis.db import in_batches
from chassis.jobs import JobTable
from payments.store import notices, payments, provider_events
from payments.usecases.apply_event import apply_event
from payments.usecases.check_books import check_books
from payments.usecases.receive_webhook import APPLY, Apply
from payments.usecases.reconcile import reconcile
from payments.usecases.settle_payment import settle_payment
from payments.usecases.tell_staff import NOTICE, Notice, send_notice

FORGET_AT_ONCE = 2_000


class Settle(msgspec.Struct, frozen=True):
    """A payment to be brought to where it is going."""

    payment_id: str


jobs = JobTable()


@jobs.task(APPLY)
async def apply(ctx: Any, payload: Apply) -> None:
    """Apply a stored webhook."""
    await apply_event(ctx, payload.event_id)


@jobs.task("payments.settle")
async def settle(ctx: Any, payload: Settle) -> None:
    """Nothing here writes this job any more; a replica of an older version may."""
    async with ctx.db.read() as tx:
        payment = await payments.by_id(tx, UUID(payload.payment_id))
    if payment is not None:
        await settle_payment(ctx, payment)


@jobs.task(NOTICE)
async def notice(ctx: Any, payload: Notice) -> None:
    """Send a notice to staff."""
    await send_notice(ctx, payload)


@jobs.every(seconds=2, name="payments.reconcile", when=payments.ANY_DUE)
async def reconciliation(ctx: Any) -> None:
    """Ask the provider about payments that are open."""
    await reconcile(ctx)


@jobs.every(seconds=60, name="payments.check_books")
async def books(ctx: Any) -> None:
    """Compare the ledger with the payments."""
    await check_books(ctx)


@jobs.every(seconds=3600, name="payments.forget_webhooks")
async def forget_webhooks(ctx: Any) -> None:
    """Raw webhooks are kept for 90 days."""
    await in_batches(ctx.db, provider_events.forget, FORGET_AT_ONCE)


@jobs.every(seconds=3600, name="payments.forget_notices")
async def forget_notices(ctx: Any) -> None:
    """What staff were told is remembered for two years, longer than any dispute lasts."""
    await in_batches(ctx.db, notices.forget, FORGET_AT_ONCE)

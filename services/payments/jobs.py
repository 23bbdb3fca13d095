"""The jobs and the periodic work of payments."""

from __future__ import annotations

from typing import Any

from chassis.db import in_batches
from chassis.jobs import JobTable
from payments import customers, declines, privacy, refunds
from payments.payouts import read_balance
from payments.store import notices, payments, provider_events
from payments.usecases.apply_event import apply_event
from payments.usecases.mail_staff import NOTICE, Notice, send_notice
from payments.usecases.receive_webhook import APPLY, Apply
from payments.usecases.reconcile import reconcile

BATCH = 2_000


jobs = JobTable()
refunds.register(jobs)


@jobs.task(APPLY)
async def apply(ctx: Any, payload: Apply) -> None:
    """Apply a stored webhook."""
    await apply_event(ctx, payload.event_id)


@jobs.task(NOTICE)
async def notice(ctx: Any, payload: Notice) -> None:
    """Send a notice to staff."""
    await send_notice(ctx, payload)


@jobs.every(seconds=2, name="payments.reconcile", when=payments.ANY_DUE)
async def reconciliation(ctx: Any) -> None:
    """Settle the payments whose check is due."""
    await reconcile(ctx)


@jobs.every(seconds=600, name="payments.read_balance")
async def balance(ctx: Any) -> None:
    """Read the movements of the balance at the provider, and its payouts."""
    await read_balance(ctx)


@jobs.every(seconds=3600, name="payments.forget_webhooks")
async def delete_old_webhooks(ctx: Any) -> None:
    """Delete webhooks after 90 days."""
    await in_batches(ctx.db, provider_events.delete_old, BATCH)


@jobs.every(seconds=60, name="payments.delete_customers", when=customers.ANY_LEAVING)
async def delete_customers(ctx: Any) -> None:
    """Delete the customers of deleted accounts at the provider."""
    await customers.delete_leaving(ctx)


@jobs.every(seconds=3600, name="payments.forget_declines")
async def delete_old_declines(ctx: Any) -> None:
    """Delete declines after 30 days: an order has ended by then."""
    await in_batches(ctx.db, declines.delete_old, BATCH)


@jobs.every(seconds=3600, name="payments.forget_notices")
async def delete_old_notices(ctx: Any) -> None:
    """Delete records of mails to staff after two years, longer than any dispute lasts."""
    await in_batches(ctx.db, notices.delete_old, BATCH)


@jobs.every(seconds=86_400, name="payments.forget_erasures")
async def delete_old_erasures(ctx: Any) -> None:
    """That somebody was erased is kept for ten years."""
    await in_batches(ctx.db, privacy.forget_erasures, BATCH)

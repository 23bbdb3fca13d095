"""The jobs and the periodic work of payments."""

from __future__ import annotations

from typing import Any

from chassis.db import in_batches
from chassis.jobs import JobTable
from payments.store import notices, payments, provider_events
from payments.usecases.apply_event import apply_event
from payments.usecases.mail_staff import NOTICE, Notice, send_notice
from payments.usecases.receive_webhook import APPLY, Apply
from payments.usecases.reconcile import reconcile

BATCH = 2_000


jobs = JobTable()


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


@jobs.every(seconds=3600, name="payments.forget_webhooks")
async def delete_old_webhooks(ctx: Any) -> None:
    """Delete webhooks after 90 days."""
    await in_batches(ctx.db, provider_events.delete_old, BATCH)


@jobs.every(seconds=3600, name="payments.forget_notices")
async def delete_old_notices(ctx: Any) -> None:
    """Delete records of mails to staff after two years, longer than any dispute lasts."""
    await in_batches(ctx.db, notices.delete_old, BATCH)

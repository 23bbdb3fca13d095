"""Jobs and periodic work of identity."""

from __future__ import annotations

from chassis.db import in_batches, retention
from chassis.jobs import JobTable
from identity import registrations, store
from identity.context import IdentityContext
from identity.usecases.mail_registration import mail_registration
from identity.usecases.sign_up import MAIL, RegistrationMail

DELETED_AT_ONCE = 500

jobs = JobTable()


@jobs.task(MAIL)
async def registration_mail(ctx: IdentityContext, payload: RegistrationMail) -> None:
    """Mail the link of a registration."""
    await mail_registration(ctx, payload.registration_id)


@jobs.every(seconds=600, name="identity.forget_registrations")
async def forget_registrations(ctx: IdentityContext) -> None:
    """Delete registrations whose links have expired."""
    await in_batches(ctx.db, registrations.delete_expired, DELETED_AT_ONCE)


@jobs.every(seconds=3600, name="identity.prune_sessions")
async def prune_sessions(ctx: IdentityContext) -> None:
    """Delete sessions that ended 30 days ago."""
    await retention.in_batches(ctx.db, store.prune_sessions, retention.BATCH)

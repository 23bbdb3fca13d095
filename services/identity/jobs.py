"""Jobs and periodic work of identity."""

from __future__ import annotations

from chassis.db import in_batches, retention
from chassis.jobs import JobTable
from chassis.shop_profile import REFRESH_SECONDS, refresh
from identity import own_account, registrations, store
from identity.context import IdentityContext
from identity.usecases.mail_registration import mail_registration
from identity.usecases.sign_up import MAIL, RegistrationMail

DELETED_AT_ONCE = 500

jobs = JobTable()
jobs.every(seconds=REFRESH_SECONDS, name="identity.refresh_shop_profile")(refresh)


@jobs.task(MAIL)
async def registration_mail(ctx: IdentityContext, payload: RegistrationMail) -> None:
    """Mail the link of a registration."""
    await mail_registration(ctx, payload.registration_id)


@jobs.task(own_account.MAIL)
async def account_mail(ctx: IdentityContext, payload: own_account.AccountMailJob) -> None:
    """Send a mail about an account."""
    await own_account.mail_account(ctx, payload.mail_id)


@jobs.every(seconds=600, name="identity.forget_registrations")
async def forget_registrations(ctx: IdentityContext) -> None:
    """Delete registrations whose links have expired."""
    await in_batches(ctx.db, registrations.delete_expired, DELETED_AT_ONCE)


@jobs.every(seconds=3600, name="identity.forget_account_mails")
async def forget_account_mails(ctx: IdentityContext) -> None:
    """Delete mails about accounts whose links expired a day ago."""
    await in_batches(ctx.db, own_account.delete_expired, DELETED_AT_ONCE)


@jobs.every(seconds=3600, name="identity.prune_sessions")
async def prune_sessions(ctx: IdentityContext) -> None:
    """Delete sessions that ended 30 days ago."""
    await retention.in_batches(ctx.db, store.prune_sessions, retention.BATCH)

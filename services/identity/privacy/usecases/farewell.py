"""Mail the owner of an account that it is erased, right before its address is deleted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from chassis.mail import MailRefused, SmtpSender
from chassis.problems import Unavailable
from identity import store
from identity.context import IdentityContext
from identity.mail import about_account
from identity.privacy.store.erasures import Erasure

# A mail server that is down holds an erasure up for so long, and no longer.
_PATIENCE = timedelta(days=1)
_TEMPLATE = "erased"


async def mail_farewell(ctx: IdentityContext, found: Erasure) -> None:
    """Send it, unless the account is gone or the store has no mail. Sent again, it has the same Message-ID.

    Raises:
        chassis.problems.Unavailable: the mail server does not answer, for less than a day.
    """
    async with ctx.db.read() as tx:
        account = await store.account(tx, found.account_id)
    sender = ctx.get(SmtpSender)
    if account is None or found.begun_at is None or not sender.configured:
        return
    message = about_account(
        ctx,
        _TEMPLATE,
        account.email,
        "",
        identity=f"{found.id}.{_TEMPLATE}",
        written=found.begun_at,
        language=account.language,
    )
    try:
        await sender.send(ctx.settings.mail_from, account.email, message)
    except MailRefused as refused:
        ctx.log.warning("account.mail_refused", error=refused)
    except Unavailable as down:
        if datetime.now(UTC) - found.begun_at < _PATIENCE:
            raise
        ctx.log.warning("erasure.not_told", error=down)

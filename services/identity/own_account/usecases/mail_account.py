"""Send a mail about an account: a link to do something, or that something was done.

It is marked as sent after it was sent. Where the process dies in between it is sent again, under the same Message-ID.
"""

from __future__ import annotations

from uuid import UUID

from chassis import audit
from chassis.mail import MailRefused, SmtpSender
from identity import audits
from identity.account_mails import Kind
from identity.context import IdentityContext
from identity.mail import about_account
from identity.own_account import metrics
from identity.own_account.store import mails
from identity.own_account.store.mails import AccountMail
from identity.own_account.usecases import links


async def mail_account(ctx: IdentityContext, mail_id: UUID) -> None:
    """Send the mail, unless it was sent. What SmtpSender raises is raised: the job is tried again."""
    async with ctx.db.read() as tx:
        found = await mails.live(tx, mail_id)
    # A link that is not good any more is not mailed, but that of what has happened is: its owner has to learn of it.
    if found is None or found.mailed or (found.ended and found.kind != Kind.EMAIL_CHANGED):
        return
    template = _template(found)
    message = about_account(
        ctx,
        template,
        found.email,
        links.token_of(ctx, found.id),
        identity=f"{found.id}.{template}",
        written=found.created_at,
        language=found.language,
    )
    try:
        await ctx.get(SmtpSender).send(ctx.settings.mail_from, found.email, message)
    except MailRefused as refused:
        # Anybody may enter an address that takes no mail. If such jobs were held, anybody could fill the table.
        ctx.log.warning("account.mail_refused", error=refused)
        return
    async with ctx.db.write() as tx:
        await mails.mark_mailed(tx, found.id)
        whose = audits.subject(found.account_id or found.owned_by)
        await audit.record(tx, "account.mailed", whose, after={"mail": template})
    metrics.MAILS.inc(template)


def _template(found: AccountMail) -> str:
    """What the mail says; whoever asked for it does not learn which it was."""
    if found.kind == Kind.PASSWORD_RESET:
        return "password_reset" if found.owned else "no_account"
    if found.kind == Kind.EMAIL_CONFIRMATION and found.owned_by not in {None, found.account_id}:
        return "email_taken"
    return found.kind

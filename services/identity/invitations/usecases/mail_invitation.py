"""Mail an invitation. It is marked as sent after it was sent; where the process dies in between it is sent again."""

from __future__ import annotations

from uuid import UUID

from chassis.mail import MailRefused, SmtpSender
from identity import metrics
from identity.context import IdentityContext
from identity.invitations import store as invitations
from identity.invitations.usecases.invite import token_of
from identity.mail import about_account

_KIND = "invitation"


async def mail_invitation(ctx: IdentityContext, invitation_id: UUID) -> None:
    """Send the mail, unless it was sent. What SmtpSender raises is raised: the job is tried again."""
    async with ctx.db.read() as tx:
        found = await invitations.open_one(tx, invitation_id)
    if found is None or found.mailed_at is not None:
        return
    message = about_account(
        ctx,
        _KIND,
        found.email,
        token_of(ctx, found.id),
        identity=f"{found.id}.{_KIND}",
        written=found.created_at,
    )
    try:
        await ctx.get(SmtpSender).send(ctx.settings.mail_from, found.email, message)
    except MailRefused as refused:
        ctx.log.warning("invitation.mail_refused", error=refused)
        return
    async with ctx.db.write_one() as tx:
        await invitations.mark_mailed(tx, found.id)
    metrics.MAILS.inc(_KIND)

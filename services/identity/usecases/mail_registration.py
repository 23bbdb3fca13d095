"""Mail the link of a registration, or that its address has an account.

A mail is marked as sent after it was sent. Where the process dies in between it is sent again, under the same
Message-ID.
"""

from __future__ import annotations

from uuid import UUID

from chassis.mail import MailRefused, SmtpSender
from identity import metrics, registrations
from identity.context import IdentityContext
from identity.domain import mailed_links
from identity.keys import SigningKeys
from identity.mail import about_account


async def mail_registration(ctx: IdentityContext, registration_id: UUID) -> None:
    """Send the mail, unless it was sent. What SmtpSender raises is raised: the job is tried again."""
    async with ctx.db.read() as tx:
        found = await registrations.live(tx, registration_id)
    if found is None or found.mailed or found.used:
        return
    kind = "has_account" if found.taken else "confirm"
    token = mailed_links.make(ctx.get(SigningKeys).encryption.registration_key, found.id)
    message = about_account(
        ctx,
        kind,
        found.email,
        token,
        identity=f"{found.id}.{kind}",
        written=found.created_at,
        language=found.language,
    )
    try:
        await ctx.get(SmtpSender).send(ctx.settings.mail_from, found.email, message)
    except MailRefused as refused:
        # Anybody may enter an address that takes no mail. If such jobs were held, anybody could fill the table.
        ctx.log.warning("registration.mail_refused", error=refused)
        return
    async with ctx.db.write_one() as tx:
        await registrations.mark_mailed(tx, found.id)
    metrics.MAILS.inc(kind)

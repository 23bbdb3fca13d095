"""Ask for an account. The answer and the work are the same whether or not the address has one.

What differs is the mail: it has a link that makes an account, or says that there is one. Which of
the two is decided by a job (identity.usecases.mail_registration), after the answer.
"""

from __future__ import annotations

from uuid import UUID

import msgspec

from chassis.mail import SmtpSender
from chassis.problems import RateLimited
from identity import metrics, registrations
from identity.context import IdentityContext
from identity.domain import mailed_links
from identity.keys import SigningKeys
from identity.problems import NoMail

MAIL = "identity.registration_mail"


class RegistrationMail(msgspec.Struct, frozen=True):
    """The payload of a job that mails about a registration."""

    registration_id: UUID


async def sign_up(ctx: IdentityContext, email: str, language: str | None = None) -> str | None:
    """None: the link is mailed, unless its mailbox has had its most mails. Where accounts need no mail
    (ACCOUNTS_CONFIRMED_BY_MAIL=false), the token that the link would hold.

    Raises:
        NoMail: the link could not be mailed, for want of a mail server. RateLimited: only where accounts need no mail.
    """
    by_mail = ctx.settings.accounts_confirmed_by_mail
    if by_mail and not ctx.get(SmtpSender).configured:
        ctx.log.warning("registration.no_mail", reason="neither SMTP_URL nor ACCOUNTS_CONFIRMED_BY_MAIL=false is set")
        raise NoMail("The shop has no mail server at the moment. You can buy without an account.")
    async with ctx.db.write() as tx:
        made = await registrations.insert(tx, email, language)
        if made is not None and by_mail:
            await ctx.jobs.enqueue(tx, MAIL, RegistrationMail(made))
    metrics.REGISTRATIONS.inc("too many" if made is None else "accepted")
    if by_mail:
        return None
    if made is None:
        raise RateLimited("Try again in an hour.", headers={"Retry-After": "3600"})
    return mailed_links.make(ctx.get(SigningKeys).encryption.registration_key, made)

"""The tokens of mailed links."""

from __future__ import annotations

from uuid import UUID

from chassis.mail import SmtpSender
from identity.account_mails import Kind
from identity.context import IdentityContext
from identity.domain import mailed_links
from identity.keys import SigningKeys
from identity.own_account.problems import ChangeNeedsMail, LinkNotFound
from identity.own_account.store import mails
from identity.own_account.store.mails import AccountMail


def need_mail_server(ctx: IdentityContext) -> None:
    """Refuse what cannot be done without mail.

    Raises:
        ChangeNeedsMail: no mail server is set.
    """
    if not ctx.get(SmtpSender).configured:
        ctx.log.warning("account.no_mail", reason="SMTP_URL is not set")
        raise ChangeNeedsMail("Write to the shop, or try again later.")


def mail_of(ctx: IdentityContext, token: str) -> UUID | None:
    """The mail that the token came with; None where the token is not genuine."""
    return mailed_links.parse(_key(ctx), token)


def token_of(ctx: IdentityContext, mail_id: UUID) -> str:
    """The token of a mail's link: always the same one."""
    return mailed_links.make(_key(ctx), mail_id)


async def usable(ctx: IdentityContext, token: str, kind: Kind) -> AccountMail:
    """The mail of this kind with this token, checked before what is expensive; `mails.use` decides in the transaction.

    Raises:
        LinkNotFound: there is none, or its link was used or has expired.
    """
    mail_id, found = mail_of(ctx, token), None
    if mail_id is not None:
        async with ctx.db.read() as tx:
            found = await mails.live(tx, mail_id)
    if found is None or found.kind != kind or found.ended:
        raise gone()
    return found


def gone() -> LinkNotFound:
    """What whoever follows a link is told that is not good."""
    return LinkNotFound("It was used, replaced by another one, or is too old. Ask for a new one.")


def _key(ctx: IdentityContext) -> bytes:
    return ctx.get(SigningKeys).encryption.link_key

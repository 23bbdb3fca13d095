"""Give an account its new address, for the token of the link that was mailed there."""

from __future__ import annotations

from uuid import UUID

from chassis import audit
from chassis.db import WriteTx
from chassis.sessions import revocations
from identity import account_mails, audits, rights, store, taken_emails, verified_emails
from identity.account_mails import Kind
from identity.context import IdentityContext
from identity.own_account.store import accounts, mails
from identity.own_account.store.mails import AccountMail
from identity.own_account.usecases import links
from identity.store import Account


async def confirm_email(ctx: IdentityContext, token: str) -> None:
    """Set it, once for a token. All sessions end, and the address of before is told, with a way back. Where it is the
    present address, it is only known to be the owner's from now on.

    Raises:
        LinkNotFound: the token is not genuine, was used or has expired, or the account is locked.
        EmailTaken: another account has it by now.
    """
    found = await links.usable(ctx, token, Kind.EMAIL_CONFIRMATION)
    ended: list[UUID] = []
    with taken_emails.refused("Sign in with it, or choose another one."):
        async with ctx.db.write() as tx:
            account = await store.lock_account(tx, found.account_id) if found.account_id else None
            if account is None or account.status != "active" or not await mails.use(tx, found.id):
                raise links.gone()
            if account.email != found.email:
                ended = await _replace(ctx, tx, account, found)
            await verified_emails.verify_email(tx, account.id)
            await audit.record(tx, "account.email_confirmed", audits.subject(account.id), after={"ended": len(ended)})
    await revocations.revoke(ctx, ended)


async def _replace(ctx: IdentityContext, tx: WriteTx, account: Account, found: AccountMail) -> list[UUID]:
    await accounts.set_email(tx, account.id, found.email)
    await mails.end_wishes(tx, account.id, account.email)
    await account_mails.tell(ctx, tx, Kind.EMAIL_CHANGED, account.email, account.id)
    return await rights.end_all_sessions(tx, account.id, "email_changed")

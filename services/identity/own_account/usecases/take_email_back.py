"""Give an account its address of before, for the token of the link that was mailed there when it was replaced.

Who changed it knew the password, and may have stolen the account. So the password is not good any more either: a link
to choose another one is mailed to the address. A second factor goes, too, if it is hardly older than the change: the
owner could not sign in by one that the thief has set up.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from uuid import UUID

from chassis import audit
from chassis.db import WriteTx
from chassis.sessions import revocations
from identity import account_mails, audits, pending_erasures, rights, store, taken_emails, verified_emails
from identity.account_mails import Kind
from identity.context import IdentityContext
from identity.hashing import PasswordHasher
from identity.own_account.store import accounts, mails
from identity.own_account.store.mails import AccountMail
from identity.own_account.usecases import links
from identity.second_factor import remove_younger

# Who steals an account sets up a second factor before the change of the address, or after it.
_HARDLY = timedelta(days=1)
_ACTION = "account.email_taken_back"


async def take_email_back(ctx: IdentityContext, token: str) -> None:
    """Set it, once for a token. All sessions end. Ways back that were mailed later are not good any more; earlier ones
    are: of two who say that an account is theirs, the one who had it first is right.

    Raises:
        LinkNotFound: the token is not genuine, was used or has expired, or the account is locked.
        EmailTaken: another account has the address by now. Busy.
    """
    found = await links.usable(ctx, token, Kind.EMAIL_CHANGED)
    nobodys = await ctx.get(PasswordHasher).hash(secrets.token_urlsafe(32))
    with taken_emails.refused("Write to the shop: your account has another address by now."):
        async with ctx.db.write() as tx:
            ended = await _give_back(ctx, tx, found, nobodys)
    await revocations.revoke(ctx, ended)


async def _give_back(ctx: IdentityContext, tx: WriteTx, found: AccountMail, nobodys: str) -> list[UUID]:
    account = await store.lock_account(tx, found.account_id) if found.account_id else None
    if account is None or account.status != "active" or not await mails.use(tx, found.id):
        raise links.gone()
    await mails.end_wishes(tx, account.id, account.email)
    await mails.end_ways_back_since(tx, account.id, found.created_at)
    await accounts.set_email(tx, account.id, found.email)
    await accounts.set_password(tx, account.id, nobodys)
    await verified_emails.verify_email(tx, account.id)
    await remove_younger(tx, account.id, found.created_at - _HARDLY)
    # The owner was not told of an erasure that was asked for meanwhile.
    await pending_erasures.undo(tx, account.id)
    await account_mails.tell(ctx, tx, Kind.PASSWORD_RESET, found.email, account.id)
    ended = await rights.end_all_sessions(tx, account.id, "email_changed")
    await audit.record(tx, _ACTION, audits.subject(account.id), after={"ended": len(ended)})
    return ended

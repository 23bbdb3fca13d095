"""Give an account a new password, for the token of the link that was mailed to its address."""

from __future__ import annotations

from chassis import audit
from chassis.sessions import revocations
from identity import account_mails, audits, rights, store, verified_emails
from identity.account_mails import Kind
from identity.context import IdentityContext
from identity.domain.passwords import weakness
from identity.hashing import PasswordHasher
from identity.own_account.store import accounts, mails
from identity.own_account.usecases import links
from identity.problems import WeakPassword

_ACTION = "account.password_reset"


async def reset_by_mail(ctx: IdentityContext, token: str, password: str) -> None:
    """Set it, once for a token. All sessions end, and the address is told.

    Raises:
        LinkNotFound: the token is not genuine, was used or has expired, or the account is locked or gone.
        WeakPassword. Busy.
    """
    found = await links.usable(ctx, token, Kind.PASSWORD_RESET)
    if not found.owned:
        raise links.gone()
    reason = weakness(password, found.email)
    if reason is not None:
        raise WeakPassword(reason)
    password_hash = await ctx.get(PasswordHasher).hash(password)
    async with ctx.db.write() as tx:
        account = await store.lock_account(tx, found.owned_by) if found.owned_by else None
        # It may have got another address, or have been locked, since the link was looked up.
        if account is None or account.email != found.email or account.status != "active":
            raise links.gone()
        if not await mails.use(tx, found.id):
            raise links.gone()
        await accounts.set_password(tx, account.id, password_hash)
        await verified_emails.verify_email(tx, account.id)
        await mails.end_wishes(tx, account.id, account.email)
        ended = await rights.end_all_sessions(tx, account.id, "password_reset")
        await audit.record(tx, _ACTION, audits.subject(account.id), after={"by": "mail", "ended": len(ended)})
        await account_mails.tell(ctx, tx, Kind.PASSWORD_CHANGED, account.email, account.id)
    await revocations.revoke(ctx, ended)

"""Change the password of who is signed in."""

from __future__ import annotations

from chassis import audit
from chassis.auth import Principal
from chassis.sessions import revocations
from identity import account_mails, audits, rights, store
from identity.account_mails import Kind
from identity.context import IdentityContext
from identity.domain.passwords import weakness
from identity.hashing import PasswordHasher
from identity.own_account.store import accounts, mails
from identity.own_account.usecases.prove_password import prove_password
from identity.problems import WeakPassword

_ACTION = "account.password_changed"


async def change_password(ctx: IdentityContext, who: Principal, present: str, new: str) -> None:
    """Set it. All sessions end, this one too, and the address is told.

    Raises:
        WrongPassword. WeakPassword. Busy. NotFound.
        chassis.problems.Unauthenticated: the session has ended meanwhile.
    """
    await prove_password(ctx, who, present, _ACTION)
    async with ctx.db.read() as tx:
        known = await store.account(tx, who.account_id)
    reason = weakness(new, known.email if known else "")
    if reason is not None:
        raise WeakPassword(reason)
    password_hash = await ctx.get(PasswordHasher).hash(new, reserved=True)
    async with ctx.db.write() as tx:
        account = await rights.authorise(tx, who)
        await accounts.set_password(tx, account.id, password_hash)
        await mails.end_wishes(tx, account.id, account.email)
        ended = await rights.end_all_sessions(tx, account.id, "password_changed")
        await audit.record(tx, _ACTION, audits.subject(account.id), after={"ended": len(ended)})
        await account_mails.tell(ctx, tx, Kind.PASSWORD_CHANGED, account.email, account.id)
    await revocations.revoke(ctx, ended)

"""Verify the present password of who is signed in, before what a stolen session alone must not do."""

from __future__ import annotations

from chassis import audit
from chassis.auth import Principal
from chassis.problems import NotFound
from identity import audits, proofs
from identity.context import IdentityContext
from identity.hashing import PasswordHasher
from identity.own_account.problems import WrongPassword


async def prove_password(ctx: IdentityContext, who: Principal, password: str, action: str) -> None:
    """Return if it is right. That it is still the password when the change is made, `rights.authorise` ensures: another
    one ends the session. `action`: what the audit log is to call a failure.

    Raises:
        WrongPassword. Busy. NotFound: the account is gone.
    """
    async with ctx.db.read() as tx:
        owner = await proofs.credentials_of(tx, who.account_id)
    if owner is None:
        raise NotFound("This account is gone.")
    if not await ctx.get(PasswordHasher).verify(owner.password_hash, password, reserved=True):
        await audit.record_refusal(ctx.db, action, audits.subject(who.account_id), outcome="failure")
        raise WrongPassword("Type the password that you sign in with. If it is lost, have a link mailed to you.")

"""Make an account."""

from __future__ import annotations

import asyncpg

from identity import metrics, store
from identity.deps import IdentityContext
from identity.domain.passwords import weakness
from identity.hashing import PasswordHasher
from identity.problems import EmailTaken, WeakPassword
from identity.schemas import SignUp
from identity.store import Account


async def sign_up(ctx: IdentityContext, wish: SignUp, roles: tuple[str, ...] = ("customer",)) -> Account:
    """The new account.

    Raises:
        WeakPassword: the password is easily guessed. EmailTaken: the address has an account. Busy: too many at once.
    """
    reason = weakness(wish.password, wish.email)
    if reason is not None:
        raise WeakPassword(reason)
    password_hash = await ctx.get(PasswordHasher).hash(wish.password)
    try:
        async with ctx.db.write() as tx:
            account = await store.insert_account(tx, wish.email, wish.name, password_hash, list(roles))
            await store.audit(tx, "account.registered", "success", account_id=account.id)
    except asyncpg.UniqueViolationError as taken:
        if taken.constraint_name != "accounts_email_once":
            raise
        raise EmailTaken("Sign in instead, or use another address.") from None
    metrics.SIGN_UPS.inc()
    return account

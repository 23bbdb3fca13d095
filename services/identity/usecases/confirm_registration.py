"""Make the account of a registration, for the token that was mailed to its address.

Password and name are chosen here and not before. If they came with the registration, a stranger could register another
person's address, and the account that this person's link makes would have the stranger's password.
"""

from __future__ import annotations

from chassis import audit
from identity import audits, metrics, registrations, store, taken_emails, verified_emails
from identity.context import IdentityContext
from identity.domain import mailed_links
from identity.domain.passwords import weakness
from identity.hashing import PasswordHasher
from identity.keys import SigningKeys
from identity.problems import EmailTaken, RegistrationNotFound, RegistrationUsed, WeakPassword
from identity.registrations import Registration
from identity.store import Account


async def confirm_registration(ctx: IdentityContext, token: str, password: str, name: str | None) -> Account:
    """The new account. Used twice or by two at once, a token makes one.

    Raises:
        RegistrationNotFound: the token is not genuine, or it has expired. RegistrationUsed. EmailTaken.
        WeakPassword: the password is easily guessed. Busy: too many at once.
    """
    found = await _usable(ctx, token)
    reason = weakness(password, found.email)
    if reason is not None:
        raise WeakPassword(reason)
    password_hash = await ctx.get(PasswordHasher).hash(password)
    with taken_emails.refused("Sign in instead."):
        async with ctx.db.write() as tx:
            if not await registrations.use(tx, found.id):
                raise RegistrationUsed("Sign in with the password that was chosen then.")
            account = await store.insert_account(tx, found.email, name, password_hash, ["customer"], found.language)
            if ctx.settings.accounts_confirmed_by_mail:
                await verified_emails.verify_email(tx, account.id)
            await audit.record(tx, "account.registered", audits.subject(account.id))
    metrics.SIGN_UPS.inc()
    return account


async def _usable(ctx: IdentityContext, token: str) -> Registration:
    """The token's registration, checked before the expensive hash; `registrations.use` decides in the transaction."""
    registration_id = mailed_links.parse(ctx.get(SigningKeys).encryption.registration_key, token)
    found = None
    if registration_id is not None:
        async with ctx.db.read() as tx:
            found = await registrations.live(tx, registration_id)
    if found is None:
        raise RegistrationNotFound("Links are good for 24 hours. Ask for an account again to get a new one.")
    if found.used:
        raise RegistrationUsed("Sign in with the password that was chosen then.")
    if found.taken:
        raise EmailTaken("Sign in instead.")
    return found

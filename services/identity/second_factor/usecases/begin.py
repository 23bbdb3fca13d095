"""Begin a second factor: a secret for the application. It counts from its first right code on."""

from __future__ import annotations

import msgspec

from chassis import audit
from chassis.auth import Principal
from identity import audits, rights
from identity.context import IdentityContext
from identity.keys import SigningKeys
from identity.second_factor import store as factors
from identity.second_factor.domain import totp
from identity.second_factor.problems import SecondFactorExists


class Begun(msgspec.Struct, frozen=True):
    """What an application is given."""

    secret: str
    uri: str


async def begin_factor(ctx: IdentityContext, who: Principal) -> Begun:
    """A new secret, in place of one that was not confirmed.

    Raises:
        SecondFactorExists. chassis.problems.Unauthenticated: the session is over.
    """
    secret = totp.new_secret()
    sealed = factors.seal(ctx.get(SigningKeys).encryption, who.account_id, secret)
    async with ctx.db.write() as tx:
        account = await rights.authorise(tx, who)
        if not await factors.begin(tx, who.account_id, sealed):
            raise SecondFactorExists("Remove the one that you have, then begin again.")
        await audit.record(tx, "second_factor.begun", audits.subject(who.account_id))
    return Begun(totp.as_text(secret), totp.uri(secret, issuer=ctx.settings.issuer, email=account.email))

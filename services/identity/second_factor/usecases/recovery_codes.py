"""Draw new recovery codes, in place of those of before."""

from __future__ import annotations

from chassis import audit
from chassis.auth import Principal
from identity import audits, rights
from identity.account_mails import Kind, tell_if_possible
from identity.context import IdentityContext
from identity.keys import SigningKeys
from identity.second_factor import store as factors
from identity.second_factor.problems import NoSecondFactor


async def draw_recovery_codes(ctx: IdentityContext, who: Principal) -> list[str]:
    """The new codes, which are shown this once. The account's address is told.

    Raises:
        NoSecondFactor: none is in use. chassis.problems.Unauthenticated: the session is over.
    """
    async with ctx.db.write() as tx:
        account = await rights.authorise(tx, who)
        found = await factors.locked(tx, who.account_id)
        if found is None or not found.confirmed:
            raise NoSecondFactor("Recovery codes belong to a second factor.")
        await audit.record(tx, "second_factor.recovery_codes_drawn", audits.subject(who.account_id))
        await tell_if_possible(ctx, tx, Kind.RECOVERY_CODES_DRAWN, account.email, account.id)
        return await factors.replace_recovery_codes(tx, ctx.get(SigningKeys).encryption, who.account_id)

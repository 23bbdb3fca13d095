"""Take back the erasure of one's own account."""

from __future__ import annotations

from chassis import audit
from chassis.auth import Principal
from chassis.problems import NotFound
from identity import audits, pending_erasures, rights
from identity.context import IdentityContext
from identity.privacy import metrics


async def undo_erasure(ctx: IdentityContext, who: Principal) -> None:
    """It is as if it had not been asked for.

    Raises:
        NotFound: there is none.
        chassis.problems.Unauthenticated: the session has ended, as all do when the erasure begins.
    """
    async with ctx.db.write() as tx:
        account = await rights.authorise(tx, who)
        if not await pending_erasures.undo(tx, account.id):
            raise NotFound("No erasure of this account was asked for.")
        await audit.record(tx, "account.erasure_undone", audits.subject(account.id))
    metrics.ERASURES.inc("undone")

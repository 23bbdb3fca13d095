"""Lock or unlock an account. A locked one is signed out everywhere and cannot sign in."""

from __future__ import annotations

from uuid import UUID

from chassis import audit
from chassis.auth import Principal
from chassis.sessions import revocations
from identity import audits, pending_erasures, rights, store
from identity.context import IdentityContext
from identity.problems import ErasureBegun, OwnStatus
from identity.store import Account


async def set_status(ctx: IdentityContext, actor: Principal, account_id: UUID, status: str) -> Account:
    """The account as "active" or "disabled".

    Raises:
        OwnStatus. LastAdmin. NotFound. ErasureBegun.
        chassis.problems.Unauthenticated, Forbidden: the actor's session or rights have ended meanwhile.
    """
    if actor.account_id == account_id:
        raise OwnStatus("Ask another admin.")
    async with ctx.db.write() as tx:
        before = await rights.lock_target(tx, actor, account_id, status=status)
        if before.status == status:
            return before  # a new version would make the tokens of live sessions invalid
        if status == "active" and await pending_erasures.has_begun(tx, account_id):
            raise ErasureBegun("It stays locked until it is gone.")
        account = await store.set_rights(tx, before, status=status)
        ended = await rights.end_all_sessions(tx, account_id, "disabled") if status == "disabled" else []
        if account.scopes:
            await rights.tell_changed(tx, [account_id])
        was, now = {"status": before.status}, {"status": status}
        await audit.record(tx, "account.status_changed", audits.subject(account_id), before=was, after=now)
    await revocations.revoke(ctx, ended)
    return account

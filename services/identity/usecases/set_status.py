"""Lock an account, or open it again. A locked one is signed out everywhere and cannot sign in."""

from __future__ import annotations

from uuid import UUID

from chassis import audit
from chassis.auth import Principal
from chassis.problems import Conflict, NotFound
from chassis.sessions import revocations
from identity import acting, audits, rights, store
from identity.context import IdentityContext
from identity.store import Account


class OwnStatus(Conflict):
    """409: an administrator's own account is locked by another one."""

    type, title = "own-status", "Nobody locks their own account"


async def set_status(ctx: IdentityContext, actor: Principal, account_id: UUID, status: str) -> Account:
    """The account as "active" or "disabled".

    Raises:
        OwnStatus. acting.LastAdmin. NotFound.
        chassis.problems.Unauthenticated, Forbidden: the actor's session or rights have ended meanwhile.
    """
    if actor.account_id == account_id:
        raise OwnStatus("Ask another admin.")
    async with ctx.db.write() as tx:
        await rights.lock_changes(tx)
        before = await store.lock_account(tx, account_id)
        if before is not None:
            await acting.keep_an_admin(tx, before, before.roles, status)
        await acting.confirm(tx, actor, "accounts:write")
        if before is not None and before.status == status:
            return before  # a new version would make the tokens of who is signed in good for nothing
        account = await rights.set_status(tx, account_id, status)
        if before is None or account is None:
            raise NotFound("There is no such account.")
        ended = await rights.end_all_sessions(tx, account_id, "disabled") if status == "disabled" else []
        was, now = {"status": before.status}, {"status": status}
        await audit.record(tx, "account.status_changed", audits.subject(account_id), before=was, after=now)
    await revocations.revoke(ctx, ended)
    return account

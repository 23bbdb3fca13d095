"""Give an account its roles. Its sessions end, so that nobody goes on with what they may no longer do."""

from __future__ import annotations

from uuid import UUID

from chassis import audit
from chassis.auth import Principal
from chassis.problems import Conflict, NotFound
from chassis.sessions import revocations
from identity import acting, audits, rights, store
from identity.context import IdentityContext
from identity.store import Account


class OwnRoles(Conflict):
    """409: an administrator's own roles are changed by another one."""

    type, title = "own-roles", "Nobody changes their own roles"


async def set_roles(ctx: IdentityContext, actor: Principal, account_id: UUID, roles: list[str]) -> Account:
    """The account with exactly these roles.

    Raises:
        OwnRoles: an admin must not lock themselves out by a slip. acting.LastAdmin. NotFound.
        chassis.problems.Unauthenticated, Forbidden: the actor's session or rights have ended meanwhile.
    """
    if actor.account_id == account_id:
        raise OwnRoles("Ask another admin.")
    roles = sorted(set(roles))
    async with ctx.db.write() as tx:
        await rights.lock_changes(tx)
        before = await store.lock_account(tx, account_id)
        if before is not None:
            await acting.keep_an_admin(tx, before, roles, before.status)
        await acting.confirm(tx, actor, "accounts:write")
        account = await store.set_roles(tx, account_id, roles)
        if before is None or account is None:
            raise NotFound("There is no such account.")
        ended = await rights.end_all_sessions(tx, account_id, "roles_changed")
        was, now = {"roles": before.roles}, {"roles": roles}
        await audit.record(tx, "account.roles_changed", audits.subject(account_id), before=was, after=now)
    await revocations.revoke(ctx, ended)
    return account

"""Set the roles of an account. Its sessions end, so that none keeps rights that were taken away."""

from __future__ import annotations

from uuid import UUID

from chassis import audit
from chassis.auth import Principal
from chassis.sessions import revocations
from identity import audits, rights, store
from identity.context import IdentityContext
from identity.own_roles import scopes_given
from identity.problems import OwnRoles
from identity.store import Account


async def set_roles(ctx: IdentityContext, actor: Principal, account_id: UUID, roles: list[str]) -> Account:
    """The account with exactly these roles.

    Raises:
        OwnRoles: an admin must not lock themselves out by a slip. LastAdmin. NotFound. UnknownRole.
        chassis.problems.Forbidden: the actor lacks a scope that the account has or would have, or has lost the right.
        chassis.problems.Unauthenticated: the actor's session has ended meanwhile.
    """
    if actor.account_id == account_id:
        raise OwnRoles("Ask another admin.")
    roles = sorted(set(roles))
    async with ctx.db.write() as tx:
        await rights.lock_changes(tx)
        scopes = await scopes_given(tx, roles)
        before = await rights.lock_target(tx, actor, account_id, roles=roles, scopes=scopes)
        account = await store.set_rights(tx, before, roles=roles)
        ended = await rights.end_all_sessions(tx, account_id, "roles_changed")
        if account.scopes != before.scopes:
            await rights.tell_changed(tx, [account_id])
        was, now = {"roles": before.roles}, {"roles": roles}
        await audit.record(tx, "account.roles_changed", audits.subject(account_id), before=was, after=now)
    await revocations.revoke(ctx, ended)
    return account

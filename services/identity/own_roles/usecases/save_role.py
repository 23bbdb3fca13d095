"""Make a role of the store, or give another meaning to one."""

from __future__ import annotations

from chassis import audit
from chassis.auth import Principal
from chassis.sessions import revocations
from identity import rights, store
from identity.context import IdentityContext
from identity.domain.roles import SCOPES
from identity.own_roles import store as roles
from identity.own_roles.problems import BuiltInRole, TooManyRoles
from identity.own_roles.store import OwnRole
from identity.problems import OwnRoles

MOST = 100


async def save_role(ctx: IdentityContext, who: Principal, name: str, about: str, scopes: list[str]) -> OwnRole:
    """The role with exactly these scopes. Where they are others than before, sessions of all who have it end.

    Raises:
        BuiltInRole. TooManyRoles. OwnRoles: who asks has this role.
        chassis.problems.Forbidden: who asks lacks a scope of it, as it was or as it shall be.
        chassis.problems.Unauthenticated: the session is over.
    """
    if name in SCOPES:
        raise BuiltInRole("Choose another name.")
    scopes = sorted(set(scopes))
    async with ctx.db.write() as tx:
        await rights.lock_changes(tx)
        actor = await rights.authorise(tx, who, "accounts:write")
        before = await roles.locked(tx, name)
        rights.refuse_beyond(actor, scopes, before.scopes if before else ())
        if name in actor.roles:
            raise OwnRoles("Ask another administrator.")
        if before is None and await roles.count(tx) >= MOST:
            raise TooManyRoles(f"There may be {MOST}.")
        role = await roles.save(tx, name, about, scopes)
        ended = []
        if before is not None and before.scopes != scopes:
            holders = await roles.lock_holders(tx, name)
            for account_id in holders:
                ended += await store.sessions_beyond(tx, account_id, 0)
            await store.end_sessions(tx, ended, "roles_changed")
            await rights.tell_changed(tx, holders)
        was = None if before is None else {"scopes": before.scopes}
        await audit.record(tx, "role.saved", f"role:{name}", before=was, after={"scopes": scopes})
    await revocations.revoke(ctx, ended)
    return role

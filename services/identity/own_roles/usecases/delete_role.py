"""Delete a role of the store that nobody has."""

from __future__ import annotations

import asyncpg

from chassis import audit
from chassis.auth import Principal
from chassis.problems import NotFound
from identity import rights
from identity.context import IdentityContext
from identity.domain.roles import SCOPES
from identity.own_roles import store as roles
from identity.own_roles.problems import BuiltInRole, RoleInUse


async def delete_role(ctx: IdentityContext, who: Principal, name: str) -> None:
    """Delete it, while nobody has it: the database decides.

    Raises:
        BuiltInRole. RoleInUse. NotFound. chassis.problems.Forbidden: who asks lacks a scope of it.
        chassis.problems.Unauthenticated: the session is over.
    """
    if name in SCOPES:
        raise BuiltInRole("It stays.")
    try:
        async with ctx.db.write() as tx:
            await rights.lock_changes(tx)
            actor = await rights.authorise(tx, who, "accounts:write")
            before = await roles.locked(tx, name)
            if before is None:
                raise NotFound("There is no such role.")
            rights.refuse_beyond(actor, before.scopes)
            await roles.delete(tx, name)
            await audit.record(tx, "role.deleted", f"role:{name}", before={"scopes": before.scopes})
    except asyncpg.ForeignKeyViolationError as used:
        if used.constraint_name != "own_roles_in_use_stay":
            raise
        raise RoleInUse("Take it from those who have it.") from None

"""Give an account its roles. Its sessions end, so that nobody goes on with what they may no longer do."""

from __future__ import annotations

from uuid import UUID

from chassis.auth import Principal, Verifier
from chassis.problems import Conflict, NotFound
from identity import store
from identity.deps import IdentityContext
from identity.store import Account


class OwnRoles(Conflict):
    type, title = "own-roles", "Nobody changes their own roles"


async def set_roles(ctx: IdentityContext, actor: Principal, account_id: UUID, roles: list[str]) -> Account:
    """The account with exactly these roles.

    Raises:
        OwnRoles: an admin must not lock themselves out by a slip. NotFound.
    """
    if actor.account_id == account_id:
        raise OwnRoles("Ask another admin.")
    roles = sorted(set(roles))
    async with ctx.db.write() as tx:
        before = await store.lock_account(tx, account_id)
        account = await store.set_roles(tx, account_id, roles)
        if before is None or account is None:
            raise NotFound("There is no such account.")
        ended = [session.id for session in await store.live_sessions(tx, account_id)]
        await store.end_sessions(tx, ended, "roles_changed")
        await store.audit(
            tx,
            "account.roles_changed",
            "success",
            account_id=account_id,
            actor_id=actor.account_id,
            session_id=actor.session_id,
            details={"before": before.roles, "after": roles},
        )
    for session_id in ended:
        ctx.get(Verifier).revoke(session_id)
    return account

"""Whether somebody may change rights at this moment. The token alone does not tell: it lives on for some minutes."""

from __future__ import annotations

from chassis.auth import Principal, refusal
from chassis.db import WriteTx
from chassis.problems import Conflict, Forbidden
from identity import rights
from identity.domain.roles import scopes_of
from identity.store import Account


class LastAdmin(Conflict):
    """409: the change would leave no administrator."""

    type, title = "last-admin", "This is the last administrator"


async def confirm(tx: WriteTx, who: Principal, *scopes: str) -> None:
    """The actor's account and session go on and have these scopes, and do until `tx` ends: both rows are locked.

    Raises:
        chassis.problems.Unauthenticated: the session is over, or the account is locked or has other roles by now.
        Forbidden.
    """
    actor = await rights.lock_actor(tx, who)
    if actor is None:
        raise refusal("person", "revoked")
    if not scopes_of(actor.roles).issuperset(scopes):
        raise Forbidden(f"This needs the permission {' '.join(scopes)}.")


async def keep_an_admin(tx: WriteTx, target: Account, roles: list[str], status: str) -> None:
    """Call it while `rights.lock_changes` is held, before `target` gets these roles and this status.

    Raises:
        LastAdmin: nobody would be left who can give roles.
    """
    leaves = _is_admin(target.roles, target.status) and not _is_admin(roles, status)
    if leaves and not await rights.other_admins(tx, target.id):
        raise LastAdmin("Make somebody else an administrator first.")


def _is_admin(roles: list[str], status: str) -> bool:
    return "admin" in roles and status == "active"

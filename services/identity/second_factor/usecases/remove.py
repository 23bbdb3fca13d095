"""Remove a second factor: one's own, or that of somebody who has lost the application and the recovery codes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from chassis import audit
from chassis.auth import Principal
from chassis.db import WriteTx
from chassis.sessions import revocations
from identity import audits, rights
from identity.account_mails import Kind, tell_if_possible
from identity.context import IdentityContext
from identity.second_factor import store as factors
from identity.second_factor.problems import NoSecondFactor


async def remove_own(ctx: IdentityContext, who: Principal) -> None:
    """Remove one's own. The account's address is told. Removing it twice is no error.

    Raises:
        chassis.problems.Unauthenticated: the session is over.
    """
    async with ctx.db.write() as tx:
        account = await rights.authorise(tx, who)
        if await factors.delete(tx, who.account_id):
            await tell_if_possible(ctx, tx, Kind.FACTOR_REMOVED, account.email, account.id)
            await audit.record(tx, "second_factor.removed", audits.subject(who.account_id))


async def remove_anothers(ctx: IdentityContext, who: Principal, account_id: UUID) -> None:
    """Remove that of another account, whose sessions end and whose address is told.

    Raises:
        NoSecondFactor. chassis.problems.NotFound. As rights.lock_target.
    """
    async with ctx.db.write() as tx:
        account = await rights.lock_target(tx, who, account_id)
        ended = await remove_factor(tx, account_id)
        if ended is None:
            raise NoSecondFactor("This account signs in with its password alone.")
        await tell_if_possible(ctx, tx, Kind.FACTOR_REMOVED, account.email, account.id)
    await revocations.revoke(ctx, ended)


async def remove_factor(tx: WriteTx, account_id: UUID) -> list[UUID] | None:
    """Remove the factor of a locked account and end its sessions; their ids, or None where there was no factor."""
    if not await factors.delete(tx, account_id):
        return None
    ended = await rights.end_all_sessions(tx, account_id, "roles_changed")
    await audit.record(tx, "second_factor.removed", audits.subject(account_id), after={"by": "another"})
    return ended


async def remove_younger(tx: WriteTx, account_id: UUID, moment: datetime) -> None:
    """Remove the factor of a locked account, whose sessions end with it, if it came into use at this moment or later:
    whoever had taken the account over may have set it up.
    """
    if await factors.delete_younger(tx, account_id, moment):
        await audit.record(tx, "second_factor.removed", audits.subject(account_id), after={"by": "way back"})

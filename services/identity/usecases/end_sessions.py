"""End a session: the current one, or another one of the account."""

from __future__ import annotations

from uuid import UUID

from chassis import audit
from chassis.auth import Principal
from chassis.db import WriteTx
from chassis.problems import NotFound
from chassis.sessions import revocations
from identity import audits, rights, store
from identity.context import IdentityContext


async def sign_out(ctx: IdentityContext, who: Principal) -> None:
    """End the current session. Ending it twice is no error."""
    async with ctx.db.write() as tx:
        await _end(tx, who, who.session_id, "signed_out")
    await revocations.revoke(ctx, [who.session_id])


async def sign_out_elsewhere(ctx: IdentityContext, who: Principal, session_id: UUID) -> None:
    """End one of one's own sessions.

    Raises:
        NotFound: it is not one of theirs, or is over.
        chassis.problems.Unauthenticated: so is the one that asks.
    """
    async with ctx.db.write() as tx:
        await rights.authorise(tx, who)
        if not await rights.is_own_session(tx, who.account_id, session_id):
            raise NotFound("You have no such session.")
        await _end(tx, who, session_id, "signed_out_elsewhere")
    await revocations.revoke(ctx, [session_id])


async def _end(tx: WriteTx, who: Principal, session_id: UUID, reason: str) -> None:
    if await store.end_sessions(tx, [session_id], reason):
        after = {"session_id": session_id, "reason": reason}
        await audit.record(tx, "session.ended", audits.subject(who.account_id), after=after)

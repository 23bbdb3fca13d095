"""Sign out: here, or elsewhere."""

from __future__ import annotations

from uuid import UUID

from chassis.auth import Principal, Verifier
from chassis.problems import NotFound
from identity import store
from identity.deps import IdentityContext


async def sign_out(ctx: IdentityContext, who: Principal) -> None:
    """End the session that asks. Ending it twice is no error."""
    await _end(ctx, who, who.session_id, "signed_out")


async def sign_out_elsewhere(ctx: IdentityContext, who: Principal, session_id: UUID) -> None:
    """End one of one's own sessions.

    Raises:
        NotFound: it is not one of theirs, or is over.
    """
    async with ctx.db.read() as tx:
        own = {session.id for session in await store.live_sessions(tx, who.account_id)}
    if session_id not in own:
        raise NotFound("You have no such session.")
    await _end(ctx, who, session_id, "signed_out_elsewhere")


async def _end(ctx: IdentityContext, who: Principal, session_id: UUID, reason: str) -> None:
    async with ctx.db.write() as tx:
        if await store.end_sessions(tx, [session_id], reason):
            await store.audit(
                tx,
                "session.ended",
                "success",
                account_id=who.account_id,
                actor_id=who.account_id,
                session_id=session_id,
                details={"reason": reason},
            )
    ctx.get(Verifier).revoke(session_id)

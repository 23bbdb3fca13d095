"""Endpoints for other services: a live session, before they change rights or move money (chassis.sessions.live)."""

from __future__ import annotations

from uuid import UUID

from chassis.auth import internal_router
from chassis.problems import NotFound
from chassis.web import Model
from identity import rights
from identity.context import Ctx
from identity.domain.roles import scopes_of

router = internal_router()


class LiveSessionOut(Model):
    """The session's account and what it may do at this moment."""

    account_id: UUID
    session_version: int
    scopes: list[str]


@router.get("/sessions/{session_id}")
async def read_session(session_id: UUID, ctx: Ctx) -> LiveSessionOut:
    """404 when it is over, and when the account is locked."""
    async with ctx.db.read() as tx:
        live = await rights.live_session(tx, session_id)
    if live is None:
        raise NotFound("There is no such session, or it is over.")
    scopes = sorted(scopes_of(live.roles))
    return LiveSessionOut(account_id=live.account_id, session_version=live.session_version, scopes=scopes)

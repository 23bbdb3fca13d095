"""Endpoints for other services: a live session, before they change rights or move money (chassis.sessions.live)."""

from __future__ import annotations

from uuid import UUID

import msgspec
from fastapi import Response

from chassis.auth import internal_router
from chassis.problems import NotFound
from identity import rights
from identity.context import Ctx

router = internal_router()


@router.get("/sessions/{session_id}")
async def read_session(session_id: UUID, ctx: Ctx) -> Response:
    """A chassis.sessions.live.LiveSession. 404 when it is over, and when the account is locked."""
    async with ctx.db.read() as tx:
        live = await rights.live_session(tx, session_id)
    if live is None:
        raise NotFound("There is no such session, or it is over.")
    return Response(msgspec.json.encode(live), media_type="application/json")

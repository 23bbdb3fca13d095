"""Endpoints for other services: a live session, before they change rights or move money (chassis.sessions.live), and
the address of an account where it is known to be its owner's.
"""

from __future__ import annotations

from uuid import UUID

import msgspec
from fastapi import Response

from chassis.auth import internal_router
from chassis.problems import NotFound
from identity import rights, verified_emails
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


@router.get("/accounts/{account_id}/verified-email")
async def read_verified_email(account_id: UUID, ctx: Ctx) -> Response:
    """Null where it is not known whose the address is, where the account is locked, and where there is none."""
    async with ctx.db.read() as tx:
        email = await verified_emails.verified_email(tx, account_id)
    return Response(msgspec.json.encode({"email": email}), media_type="application/json")

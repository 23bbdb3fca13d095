"""Tokens of sessions that have ended: a service that follows identity refuses them within seconds, in every replica.

One replica reads the feed and writes each ended session down; all replicas read the latest rows every few seconds. A
service that does not follow identity takes a token until it runs out, 5 minutes at most and the leeway.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

import msgspec

from chassis import telemetry
from chassis.auth import Verifier
from chassis.events import Event, EventData
from chassis.inbox import Consumer

if TYPE_CHECKING:
    from chassis.context import Context
    from chassis.db import WriteTx

SECONDS = 5.0
_WRITE = "insert into revoked_sessions (session_id) values ($1) on conflict do nothing"
_FORGET = "delete from revoked_sessions where revoked_at < now() - interval '1 hour'"
# Longer than any token lives here; also the overlap for rows whose transaction committed late.
_LATEST = "select session_id from revoked_sessions where revoked_at > now() - interval '7 minutes'"

_log = telemetry.logger(__name__)


class SessionEnded(EventData, frozen=True):
    """What is needed here of identity's event."""

    type: ClassVar[str] = "session.ended"
    session_id: UUID


class _Row(msgspec.Struct):
    session_id: UUID


def consumer() -> Consumer:
    """Follows identity."""
    identity = Consumer("identity")

    @identity.on(SessionEnded)
    async def ended(_ctx: Any, tx: WriteTx, _event: Event, data: SessionEnded) -> None:
        await tx.execute(_WRITE, data.session_id)
        await tx.execute(_FORGET)

    return identity


@asynccontextmanager
async def watched(ctx: Context[Any]) -> AsyncIterator[None]:
    """Have this process's verifier refuse the latest ended sessions, for as long as the block lasts."""
    known: set[UUID] = set()
    await _read(ctx, known)
    task = asyncio.create_task(_keep_reading(ctx, known), name="revocations")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def _keep_reading(ctx: Context[Any], known: set[UUID]) -> None:
    while True:
        await asyncio.sleep(SECONDS)
        try:
            await _read(ctx, known)
        except Exception as error:  # noqa: BLE001 -- what is known is still refused; the next round tries again
            _log.warning("revocations.unreadable", error=error)


async def _read(ctx: Context[Any], known: set[UUID]) -> None:
    """`known` keeps each from being revoked anew, which would prolong it, at every round."""
    async with ctx.db.read() as tx:
        latest = {row.session_id for row in await tx.rows(_Row, _LATEST)}
    for session_id in latest - known:
        ctx.get(Verifier).revoke(session_id)
    known.clear()
    known.update(latest)

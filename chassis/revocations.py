"""Tokens of sessions that have ended: every replica of every service refuses them within about two seconds.

Identity reads what ended from its own sessions; another service writes down what it reads in identity's feed. Each
replica reads its own database at start and every second. A service that does not follow identity, or whose follower is
behind, takes a token until it runs out: ACCESS_TOKEN_SECONDS and the leeway.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

import msgspec

from chassis import telemetry
from chassis.auth import Verifier
from chassis.backoff import pause
from chassis.events import Event, EventData
from chassis.inbox import Consumer

if TYPE_CHECKING:
    from chassis.context import Context
    from chassis.db import WriteTx

SECONDS = 1.0
LONGEST_PAUSE = 2.0
PAGE = 5_000
# A row bears the time at which its transaction began, which lasts 30 s at most (chassis.db): whatever was not seen by
# the last reading is younger than this was then.
OVERLAP = timedelta(seconds=45)

_WRITE = "insert into revoked_sessions (session_id) values ($1) on conflict do nothing"
_FORGET = "delete from revoked_sessions where revoked_at < now() - $1::interval"
FOLLOWED = """
select session_id, revoked_at as at from revoked_sessions
where (revoked_at, session_id) > ($1, $2) order by revoked_at, session_id limit $3
"""
"""The statement of `watched` for the services that follow identity."""
_FIRST = UUID(int=0)

_unread = telemetry.gauge("revocations_unread_seconds", "Since the ended sessions were read for the last time")
_log = telemetry.logger(__name__)


class SessionEnded(EventData, frozen=True):
    """What is needed here of identity's event."""

    type: ClassVar[str] = "session.ended"
    session_id: UUID


class _Ended(msgspec.Struct):
    session_id: UUID
    at: datetime


def consumer() -> Consumer:
    """Follows identity."""
    identity = Consumer("identity")

    @identity.on(SessionEnded)
    async def ended(ctx: Any, tx: WriteTx, _event: Event, data: SessionEnded) -> None:
        await tx.execute(_WRITE, data.session_id)
        await tx.execute(_FORGET, _retention(ctx))

    return identity


def _retention(ctx: Context[Any]) -> timedelta:
    """Longer than any token of an ended session is taken, whenever its end was written down."""
    return timedelta(seconds=ctx.get(Verifier).remembers) + OVERLAP


@asynccontextmanager
async def watched(ctx: Context[Any], latest: str = FOLLOWED) -> AsyncIterator[None]:
    """Have this process's verifier refuse the sessions that ended, for as long as the block lasts.

    `latest` gives `session_id` and `at` in the order of (at, session_id), after ($1, $2) and at most $3 of them.
    """
    watch = _Watch(ctx, latest)
    await watch.read()
    async with ctx.loops.running("revocations", watch.go_on):
        yield


class _Watch:
    """Reads what ended since the last reading; by the database's clock."""

    def __init__(self, ctx: Context[Any], latest: str) -> None:
        self._ctx = ctx
        self._latest = latest
        self._since: datetime | None = None
        # What the last reading saw: seen again in the overlap, it is not revoked anew, which would prolong it.
        self._known: set[UUID] = set()

    async def go_on(self) -> None:
        failures, read_at = 0, time.monotonic()
        while True:
            await asyncio.sleep(pause(failures, first=SECONDS, longest=LONGEST_PAUSE))
            try:
                await self.read()
                failures, read_at = 0, time.monotonic()
            except Exception as error:  # noqa: BLE001 -- what is known is still refused; the next round tries again
                failures += 1
                _log.warning("revocations.unreadable", error=error)
            _unread.set(time.monotonic() - read_at)

    async def read(self) -> None:
        verifier, seen = self._ctx.get(Verifier), set[UUID]()
        async with self._ctx.db.read() as tx:
            now: datetime = await tx.value("select now()")
            place = (self._since or now - _retention(self._ctx), _FIRST)
            more = True
            while more:
                page = await tx.rows(_Ended, self._latest, *place, PAGE)
                for ended in page:
                    if ended.session_id not in self._known:
                        verifier.revoke(ended.session_id)
                    seen.add(ended.session_id)
                more = len(page) == PAGE
                place = (page[-1].at, page[-1].session_id) if page else place
        self._since, self._known = now - OVERLAP, seen

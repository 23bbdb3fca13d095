"""Tokens of sessions that have ended: every replica of every service refuses them within three seconds.

Identity reads them from its own sessions; another service stores what it reads in identity's feed. Each
replica reads its own database at start, when it is notified of a change, and every FLOOR_SECONDS in case it was not;
every SECONDS where Valkey does not answer.

Identity also writes into Valkey which sessions it ended, before it answers, and each replica reads that every SECONDS:
so others refuse them while identity is down or their poller is behind. If Valkey loses it, a token is taken until the
feed is read, or until it expires: ACCESS_TOKEN_SECONDS and the leeway. Valkey is polled and not subscribed to: a
subscription needs a connection of its own, delivers nothing of what was published while it was broken, and to notice
that takes a command as often as a poll.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

import msgspec

from chassis import telemetry
from chassis.auth import Verifier
from chassis.cache import Down, Valkey
from chassis.cache.client import Client
from chassis.context import Context
from chassis.db import ReadTx, WriteTx
from chassis.db.listener import Listener, Signal, wait_for
from chassis.inbox import Consumer
from chassis.outbox import Event, EventData
from chassis.resilience.backoff import pause

SECONDS = LONGEST_PAUSE = 2.5
FLOOR_SECONDS = 10.0
# However many sessions end, the database is not read more often.
GAP_SECONDS = 0.1
PAGE = 5_000
CHANNEL = "revoked_sessions"
# A row has the time at which its transaction began, which lasts 30 s at most (chassis.db): a row that the last reading
# did not see is younger than this was then.
OVERLAP = timedelta(seconds=45)

_WRITE = """
with noted as (insert into revoked_sessions (session_id) values ($1) on conflict do nothing)
select pg_notify('revoked_sessions', '')
"""
_FORGET = "delete from revoked_sessions where revoked_at < now() - $1::interval"
FOLLOWED = """
select session_id, revoked_at as at from revoked_sessions
where (revoked_at, session_id) > ($1, $2) order by revoked_at, session_id limit $3
"""
"""The statement of `watched` for the services that follow identity."""
_FIRST = UUID(int=0)
# In Valkey: ids of sessions by when they ended, for as long as a token of theirs may live.
NOTES = "ended-sessions"
_HEX = re.compile(rb"[0-9a-f]{32}")

_unread = telemetry.gauge("revocations_unread_seconds", "Seconds since the ended sessions were last read")
_log = telemetry.logger(__name__)


async def revoke(ctx: Context[Any], session_ids: Sequence[UUID]) -> None:
    """For identity, after the commit that ended these sessions: refuse them here, and write them into Valkey."""
    for session_id in session_ids:
        ctx.get(Verifier).revoke(session_id)
    if not session_ids:
        return
    now, kept = time.time(), ctx.get(Verifier).remembers

    async def note(client: Client) -> None:
        scored = [part for session_id in session_ids for part in (now, session_id.hex)]
        await asyncio.gather(
            client.execute("ZADD", NOTES, *scored),
            client.execute("ZREMRANGEBYSCORE", NOTES, "-inf", now - kept),
            client.execute("EXPIRE", NOTES, kept),
        )

    with suppress(Down):
        await ctx.get(Valkey).call(note)


class SessionEnded(EventData, frozen=True):
    """The field of identity's event that is used here."""

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
        await tx.value(_WRITE, data.session_id)
        await tx.execute(_FORGET, _retention(ctx))

    return identity


async def has_ended(tx: ReadTx, session_id: UUID) -> bool:
    """Whether identity's feed has told, up to here, that this session ended; for services that follow identity."""
    return bool(await tx.value("select true from revoked_sessions where session_id = $1", session_id))


def _retention(ctx: Context[Any]) -> timedelta:
    """How long rows are kept: longer than a token of an ended session could be valid."""
    return timedelta(seconds=ctx.get(Verifier).remembers) + OVERLAP


@asynccontextmanager
async def watched(ctx: Context[Any], latest: str = FOLLOWED, channel: str = CHANNEL) -> AsyncIterator[None]:
    """Within the block this process's verifier refuses sessions that ended.

    `latest` gives `session_id` and `at` in the order of (at, session_id), after ($1, $2) and at most $3 of them;
    PostgreSQL notifies of more on `channel`.
    """
    watch = _Watch(ctx, latest, ctx.get(Listener).signal(channel))
    await watch.read()
    async with ctx.loops.running("revocations", watch.go_on):
        try:
            yield
        finally:
            watch.over = True


class _Watch:
    """Reads what ended since the last reading; by the database's clock."""

    def __init__(self, ctx: Context[Any], latest: str, changed: Signal) -> None:
        self._ctx = ctx
        self._latest = latest
        self._changed = changed
        # Used beside cancellation: a library that swallows one CancelledError must not keep the process from ending.
        self.over = False
        self._since: datetime | None = None
        self._noted_since = time.time() - ctx.get(Verifier).remembers
        # Those of the last readings: read again in the overlap, they are not revoked anew, which would prolong it.
        self._known: set[UUID] = set()
        self._noted: set[UUID] = set()

    async def go_on(self) -> None:
        failures, read_at, changed = 0, time.monotonic(), self._changed.next()
        while not self.over:
            told = await wait_for(changed, pause(failures, first=SECONDS, longest=LONGEST_PAUSE))
            if told:
                await asyncio.sleep(GAP_SECONDS)
            changed = self._changed.next()
            try:
                # A notification is lost with a connection that was cut unnoticed: then the notes or the floor find it.
                noted = await self._read_notes()
                if told or failures or not noted or time.monotonic() - read_at >= FLOOR_SECONDS:
                    # A database that hangs must not keep Valkey's notes from being read.
                    async with asyncio.timeout(SECONDS):
                        await self._read_database()
                    failures, read_at = 0, time.monotonic()
                    _unread.set(0)
            except Exception as error:  # noqa: BLE001 -- what was read is still refused; the next round tries again
                failures += 1
                _log.warning("revocations.unreadable", error=error)
                _unread.set(time.monotonic() - read_at)

    async def read(self) -> None:
        """Read Valkey's notes, which need no database, and then the database."""
        await self._read_notes()
        await self._read_database()

    async def _read_notes(self) -> bool:
        """Whether Valkey answered."""
        now, members = time.time(), list[bytes]()
        try:
            while len(page := await self._page_of_notes(len(members))) == PAGE:
                members += page
        except Down:
            return False
        noted = {UUID(member.decode()) for member in (*members, *page) if _HEX.fullmatch(member)}
        for session_id in noted - self._noted:
            self._ctx.get(Verifier).revoke(session_id)
        self._noted_since, self._noted = now - OVERLAP.total_seconds(), noted
        return True

    async def _page_of_notes(self, start: int) -> list[bytes]:
        page: list[bytes] = await self._ctx.get(Valkey).call(
            lambda client: client.execute("ZRANGEBYSCORE", NOTES, self._noted_since, "+inf", "LIMIT", start, PAGE)
        )
        return page

    async def _read_database(self) -> None:
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
                        self._known.add(ended.session_id)  # at once: the reading may still fail, and is then repeated
                    seen.add(ended.session_id)
                more = len(page) == PAGE
                place = (page[-1].at, page[-1].session_id) if page else place
        self._since, self._known = now - OVERLAP, seen

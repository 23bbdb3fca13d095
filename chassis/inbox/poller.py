"""Follows one producer's feed for a Consumer (chassis.inbox): polls, applies in batches, isolates what fails.

One replica holds the lease and polls. Nothing rests on that: the move of the cursor is conditional on where it stood
and on the holder, in the transaction of the effects, so of two who believe that they hold it one changes nothing.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any
from urllib.parse import urlencode

import msgspec

from chassis import telemetry
from chassis.context import Context
from chassis.http import ServiceProblem
from chassis.inbox import dead_letters
from chassis.inbox.consumer import Consumer
from chassis.inbox.dispatcher import LEASE_SECONDS, TRANSIENT, Dispatcher, Lost, Position
from chassis.outbox import FeedPage
from chassis.problems import Unavailable
from chassis.resilience.backoff import pause

RENEW_SECONDS = 6.0
# The producer answers as soon as there is an event; this long it is given to say that there is none. Until it has said
# so once, it is asked for less.
WAIT_SECONDS, FIRST_WAIT_SECONDS = 15.0, 0.5
STANDBY_SECONDS = 2.0
PAGE = 500
# Under load, events are gathered for so long; a single one is handled at once.
GATHER_SECONDS = 0.05
FIRST_PAUSE = 0.2
# An empty answer after a shorter wait may have ended in the middle of events of other types.
ENOUGH_SECONDS = 0.1
GIVE_UP_SECONDS = 3.0
HALTING = frozenset({"feed-epoch-changed", "feed-pruned"})

_LEASE = """
insert into inbox_cursor (producer, holder, leased_until)
values ($1, $2, now() + make_interval(secs => $3))
on conflict (producer) do update set holder = excluded.holder, leased_until = excluded.leased_until,
    keeping_up = $4, current_to = greatest(now() - make_interval(secs => $5), inbox_cursor.current_to),
    crashes = inbox_cursor.crashes
        + (inbox_cursor.holder is not null and inbox_cursor.holder <> excluded.holder)::integer
where inbox_cursor.holder = excluded.holder or inbox_cursor.leased_until <= now()
returning cursor, crashes, halted,
    (select extract(epoch from min(retry_at) - now())::float from inbox_dead
     where inbox_dead.producer = $1 and state = 'retrying') as retry_in
"""
_TAKEN = "select true from inbox_cursor where producer = $1 and holder <> $2 and leased_until > now()"
_GIVE_UP = """
update inbox_cursor set holder = null, leased_until = now(), keeping_up = false where producer = $1 and holder = $2
"""
# Unless an operator ran `restart` during the request. After a restore (chassis.service.restored) it restarts, once.
_HALT = """
update inbox_cursor set restart_until = '-infinity',
    halted = case when restart_until > now() then null else $4 end,
    cursor = case when restart_until > now() then '' else cursor end
where producer = $1 and holder = $2 and cursor = $3
returning halted is null
"""

_log = telemetry.logger(__name__)


class Lease(msgspec.Struct, frozen=True):
    """The stored state of a producer's log, read when the lease was taken or renewed."""

    cursor: str
    crashes: int
    halted: str | None
    retry_in: float | None


class Poller:
    """One consumer of one process."""

    def __init__(self, ctx: Context[Any], consumer: Consumer) -> None:
        self._ctx = ctx
        self._consumer = consumer
        self._producer = consumer.producer
        self._place = Position(consumer.producer)
        self._applier = Dispatcher(ctx, consumer, self._place)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Follow the producer for as long as the block lasts. One replica polls at a time."""
        try:
            async with self._ctx.loops.running(f"follow {self._producer}", self._loop):
                yield
        finally:
            # Where this fails, a replica takes over when the lease lapses.
            with suppress(Exception):
                async with asyncio.timeout(GIVE_UP_SECONDS), self._ctx.db.write_one() as tx:
                    await tx.execute(_GIVE_UP, self._producer, self._place.holder)

    async def _loop(self) -> None:
        failures = 0
        while True:
            try:
                await self._turn()
                failures = 0
            except Lost:
                self._place.reset(lost=True)
                await asyncio.sleep(STANDBY_SECONDS)
            except TRANSIENT as error:
                failures += 1
                self._place.reset()
                _log.warning("inbox.poll_failed", producer=self._producer, error_type=type(error).__name__)
                await asyncio.sleep(pause(failures, first=FIRST_PAUSE, longest=self._ctx.settings.follow_pause_seconds))
            except Exception as error:  # noqa: BLE001 -- following must go on, whatever went wrong once
                self._place.reset()
                _log.exception("inbox.failed", producer=self._producer, error=error)
                await asyncio.sleep(STANDBY_SECONDS)

    async def _turn(self) -> None:
        """Renew the lease, retry what is due, poll once, apply what came."""
        began = time.monotonic()
        lease = await self._lease()
        if lease.halted:
            await asyncio.sleep(RENEW_SECONDS)
            return
        wait = WAIT_SECONDS if self._place.keeping_up else FIRST_WAIT_SECONDS
        wait = wait if lease.retry_in is None else min(max(lease.retry_in, 0.0), wait)
        page = await self._next_page(wait)
        if page is None:
            return
        await self._take_in(page, careful=lease.crashes > 0, waited=wait >= ENOUGH_SECONDS)
        if lease.retry_in is not None:
            self._place.renewed = 0.0
            await dead_letters.retry(self._ctx, self._consumer, self._place.holder)
        await asyncio.sleep(max(GATHER_SECONDS - (time.monotonic() - began), 0))

    async def _next_page(self, wait: float) -> FeedPage | None:
        """What the producer says next, while the lease is renewed; None where there is something else to do first."""
        poll = asyncio.create_task(self._poll(wait))
        try:
            while not (await asyncio.wait([poll], timeout=RENEW_SECONDS))[0]:
                before = self._place.cursor
                lease = await self._lease()
                if lease.halted or lease.retry_in is not None or lease.cursor != before:
                    self._place.renewed = 0.0
                    return None
            return poll.result()
        finally:
            if not poll.done():
                poll.cancel()
                await asyncio.wait([poll])

    async def _take_in(self, page: FeedPage, *, careful: bool, waited: bool) -> None:
        """Have a page's events take effect. An empty one says that there are no more, if it was `waited` for; or that
        there were no more until a transaction of the producer began that still runs.
        """
        place = self._place
        place.producer_time, place.received = page.now, time.monotonic()
        held = 0.0 if page.held_since is None else max((page.now - page.held_since).total_seconds(), 0.0)
        place.at_end = place.received - held if waited and not page.events else None
        if page.events:
            await self._applier.apply(page.events, careful=careful)
            place.keeping_up = place.age_of(page.events[-1]) < 1.0
            return
        if page.cursor != place.cursor:
            await self._applier.pass_over(page.cursor)
        place.keeping_up = (place.keeping_up or waited) and held < 1.0

    async def _lease(self) -> Lease:
        """The lease, renewed now and then; the moves of the cursor renew it too.

        Raises:
            Lost: another replica holds it.
        """
        if time.monotonic() - self._place.renewed < RENEW_SECONDS:
            return Lease(self._place.cursor, 0, None, None)
        self._place.renewed = 0.0
        if not self._place.held:
            async with self._ctx.db.read() as tx:
                # Looked at first, so that a replica that stands by writes nothing.
                if await tx.value(_TAKEN, self._producer, self._place.holder):
                    raise Lost
        async with self._ctx.db.write_one() as tx:
            lease = await tx.row(Lease, _LEASE, *self._lease_arguments())
        if lease is None:
            raise Lost
        self._place.cursor = lease.cursor
        self._place.held, self._place.renewed = True, time.monotonic()
        return lease

    def _lease_arguments(self) -> tuple[object, ...]:
        place = self._place
        age = None if place.at_end is None else time.monotonic() - place.at_end
        return self._producer, place.holder, LEASE_SECONDS, place.keeping_up, age

    async def _poll(self, wait: float) -> FeedPage | None:
        types = ",".join(self._consumer.types)
        query = urlencode({"after": self._place.cursor, "limit": PAGE, "wait": f"{wait:.2f}", "types": types})
        try:
            return await self._ctx.http.call(
                self._producer, "GET", f"/internal/feed?{query}", into=FeedPage, timeout=wait + 5.0
            )
        except ServiceProblem as problem:
            if problem.type not in HALTING:
                raise Unavailable(f"the feed of {self._producer} answered {problem.status}") from problem
            place, why = self._place, f"{problem.type}: {problem.detail}"[:500]
            async with self._ctx.db.write_one() as tx:
                restarted = await tx.value(_HALT, self._producer, place.holder, place.cursor, why)
            place.reset()
            event = "inbox.restarted" if restarted else "inbox.halted"
            _log.error(event, producer=self._producer, error_type=problem.type)
            return None

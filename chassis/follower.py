"""Follows one producer's feed for a Consumer (chassis.inbox): polls, applies in batches, isolates what fails.

One replica holds the lease and polls. Nothing rests on that: the move of the cursor is conditional on where it stood
and on the holder, in the transaction of the effects, so of two who believe that they hold it one changes nothing.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import asyncpg
import msgspec

from chassis import faults, parking, telemetry
from chassis.db import UNREACHABLE
from chassis.events import Event, FeedPage
from chassis.http import ServiceProblem
from chassis.problems import Unavailable

if TYPE_CHECKING:
    from chassis.context import Context
    from chassis.db import WriteTx
    from chassis.inbox import Consumer

LEASE_SECONDS = 15.0
RENEW_SECONDS = 4.0
WAIT_SECONDS = 5.0
STANDBY_SECONDS = 2.0
PAGE = 500
# Under load, events are gathered for so long; a single one is handled at once.
GATHER_SECONDS = 0.02
# An event that was being handled alone when the process died so often is set aside.
CRASHES = 3
HALTING = frozenset({"feed-epoch-changed", "feed-pruned"})

_LEASE = """
insert into inbox_cursor (producer, holder, leased_until)
values ($1, $2, now() + make_interval(secs => $3))
on conflict (producer) do update set holder = excluded.holder, leased_until = excluded.leased_until,
    crashes = inbox_cursor.crashes
        + (inbox_cursor.holder is not null and inbox_cursor.holder <> excluded.holder)::integer
where inbox_cursor.holder = excluded.holder or inbox_cursor.leased_until <= now()
returning cursor, crashes, halted,
    (select extract(epoch from min(retry_at) - now())::float from inbox_dead
     where inbox_dead.producer = $1 and state = 'retrying') as retry_in,
    (select count(*) from inbox_dead where inbox_dead.producer = $1 and state <> 'retrying') as dead
"""
_TAKEN = "select true from inbox_cursor where producer = $1 and holder <> $2 and leased_until > now()"
_GIVE_UP = "update inbox_cursor set holder = null, leased_until = now() where producer = $1 and holder = $2"
_HALT = "update inbox_cursor set halted = $3 where producer = $1 and holder = $2"
_SUSPECT = """
update inbox_cursor set suspect_tries = case when suspect = $3 then suspect_tries + 1 else 1 end, suspect = $3
where producer = $1 and holder = $2
returning suspect_tries
"""
_MOVE = """
update inbox_cursor set cursor = $4, moved_at = now(), leased_until = now() + make_interval(secs => $6),
    crashes = 0
where producer = $1 and holder = $2 and cursor = $3
returning array(
    select distinct aggregate || ':' || aggregate_id from inbox_dead
    where inbox_dead.producer = $1 and aggregate_id = any($5)
)
"""

_lag = telemetry.gauge(
    "inbox_lag_seconds", "Age of the newest event read when it was read; 0 at the end", ("producer",)
)
_handled = telemetry.counter(
    "inbox_events", "Events by outcome: handled, skipped, failed, parked", ("producer", "outcome")
)
_dead = telemetry.gauge("inbox_dead", "Events set aside and given up, and those behind them", ("producer",))
_halted = telemetry.gauge("inbox_halted", "1 where following a producer needs a decision", ("producer",))
_log = telemetry.logger(__name__)

_TRANSIENT: tuple[type[BaseException], ...] = (
    *UNREACHABLE,
    Unavailable,
    asyncpg.LockNotAvailableError,
    asyncpg.QueryCanceledError,
)


class Lost(Exception):
    """Somebody else follows this producer now."""


_PASS_ON: tuple[type[BaseException], ...] = (Lost, *_TRANSIENT)


class Held(msgspec.Struct, frozen=True):
    """Where we stand, having the lease."""

    cursor: str
    crashes: int
    halted: str | None
    retry_in: float | None
    dead: int


class Follower:
    """One consumer of one process."""

    def __init__(self, ctx: Context[Any], consumer: Consumer) -> None:
        self._ctx = ctx
        self._consumer = consumer
        self._producer = consumer.producer
        self._holder: UUID = uuid4()
        self._cursor = ""
        self._renewed = 0.0

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self._loop(), name=f"follow {self._producer}")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait([task])
            with suppress(*_TRANSIENT):
                async with self._ctx.db.write() as tx:
                    await tx.execute(_GIVE_UP, self._producer, self._holder)

    async def _loop(self) -> None:
        failures = 0
        while True:
            try:
                await self._turn()
                failures = 0
            except Lost:
                self._renewed = 0.0
                await asyncio.sleep(STANDBY_SECONDS)
            except _TRANSIENT as error:
                failures += 1
                _log.warning("inbox.waiting", producer=self._producer, error_type=type(error).__name__)
                await asyncio.sleep(min(0.1 * 2**failures, STANDBY_SECONDS))
            except Exception as error:  # noqa: BLE001 -- following must go on, whatever went wrong once
                _log.exception("inbox.failed", producer=self._producer, error=error)
                await asyncio.sleep(STANDBY_SECONDS)

    async def _turn(self) -> None:
        """Renew the lease, retry what is due, poll once, apply what came."""
        began = time.monotonic()
        held = await self._lease()
        if held.halted:
            await asyncio.sleep(WAIT_SECONDS)
            return
        page = await self._poll(WAIT_SECONDS if held.retry_in is None else min(max(held.retry_in, 0.0), WAIT_SECONDS))
        if page is None:
            return
        behind = (page.now - page.events[-1].occurred_at).total_seconds() if page.events else 0.0
        _lag.set(max(behind, 0.0), self._producer)
        if page.events:
            await self._apply_all(page.events, careful=held.crashes > 0)
            await asyncio.sleep(max(GATHER_SECONDS - (time.monotonic() - began), 0))
        if held.retry_in is not None:
            self._renewed = 0.0
            await parking.retry(self._ctx, self._consumer, self._holder)

    async def _lease(self) -> Held:
        """The lease, renewed now and then; the moves of the cursor renew it too.

        Raises:
            Lost: somebody else has it.
        """
        if time.monotonic() - self._renewed < RENEW_SECONDS:
            return Held(self._cursor, 0, None, None, 0)
        self._renewed = 0.0
        async with self._ctx.db.read() as tx:
            if await tx.value(_TAKEN, self._producer, self._holder):
                raise Lost
        async with self._ctx.db.write() as tx:
            held = await tx.row(Held, _LEASE, self._producer, self._holder, LEASE_SECONDS)
        if held is None:
            raise Lost
        self._cursor = held.cursor
        self._renewed = time.monotonic()
        _dead.set(held.dead, self._producer)
        _halted.set(float(held.halted is not None), self._producer)
        return held

    async def _poll(self, wait: float) -> FeedPage | None:
        query = urlencode({"after": self._cursor, "limit": PAGE, "wait": f"{wait:.2f}"})
        try:
            return await self._ctx.http.call(
                self._producer, "GET", f"/internal/feed?{query}", into=FeedPage, timeout=wait + 5.0
            )
        except ServiceProblem as problem:
            if problem.type not in HALTING:
                raise Unavailable(f"the feed of {self._producer} answered {problem.status}") from problem
            async with self._ctx.db.write() as tx:
                await tx.execute(_HALT, self._producer, self._holder, f"{problem.type}: {problem.detail}"[:500])
            _log.error("inbox.halted", producer=self._producer, error_type=problem.type)
            return None

    async def _apply_all(self, events: Sequence[Event], *, careful: bool) -> None:
        """All at once; where that fails, what came before the failing one, that one alone, and so on."""
        if careful:
            for event in events:
                await self._alone(event)
            return
        todo = [events]
        while todo:
            batch = todo.pop()
            failed = await self._apply(batch)
            if failed is None:
                continue
            index, error = failed
            if len(batch) == 1:
                await self._park(batch[0], error)
                continue
            # Failing at the commit tells no culprit: halve.
            parts = [batch[:index], batch[index : index + 1], batch[index + 1 :]]
            if index == len(batch):
                parts = [batch[: index // 2], batch[index // 2 :]]
            todo += [part for part in reversed(parts) if part]

    async def _apply(self, events: Sequence[Event]) -> tuple[int, Exception] | None:
        """Move the cursor over these events and have them take effect; or which one failed, and how."""
        index = 0
        handled = parked = 0
        try:
            async with self._ctx.db.write() as tx:
                behind = await self._move(tx, events)
                for index, event in enumerate(events):  # noqa: B007 -- told to the caller
                    if event.subject in behind:
                        await parking.park(tx, self._producer, event, parking.HELD)
                        parked += 1
                    elif self._consumer.handles(event):
                        await self._consumer.handle(self._ctx, tx, event)
                        handled += 1
                index = len(events)
                await faults.point("inbox.before_commit")
        except _PASS_ON:
            raise
        except Exception as error:  # noqa: BLE001 -- a handler may raise anything; its event is set aside
            return index, error
        await faults.point("inbox.after_commit")
        self._cursor = events[-1].id
        for outcome, count in (
            ("handled", handled),
            ("parked", parked),
            ("skipped", len(events) - handled - parked),
        ):
            if count:
                _handled.inc(self._producer, outcome, by=count)
        return None

    async def _move(self, tx: WriteTx, events: Sequence[Event]) -> frozenset[str]:
        """Which of the events' aggregates wait behind one set aside. Locks the cursor until the end of `tx`."""
        ids = list({event.aggregate_id for event in events})
        behind = await tx.value(_MOVE, self._producer, self._holder, self._cursor, events[-1].id, ids, LEASE_SECONDS)
        if behind is None:
            raise Lost
        return frozenset(behind)

    async def _park(self, event: Event, error: Exception, *, dead: bool = False) -> None:
        """Set an event aside, to be tried again unless it is `dead`, and go on."""
        _handled.inc(self._producer, "failed")
        _log.warning("inbox.parked", producer=self._producer, event_type=event.type, event_id=event.id, error=error)
        async with self._ctx.db.write() as tx:
            await self._move(tx, [event])
            state = parking.DEAD if dead else parking.RETRYING
            await parking.park(tx, self._producer, event, state, error)
        self._cursor = event.id
        self._renewed = 0.0

    async def _alone(self, event: Event) -> None:
        """Handle an event after a crash: it is counted first, in case it is what killed the process."""
        async with self._ctx.db.write() as tx:
            tries = await tx.value(_SUSPECT, self._producer, self._holder, event.id)
        if tries is None:
            raise Lost
        if tries > CRASHES:
            await self._park(event, RuntimeError("the process died while handling it"), dead=True)
        else:
            failed = await self._apply([event])
            if failed is not None:
                await self._park(event, failed[1])

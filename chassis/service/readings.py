"""Figures of the database that one process of a service reads for all: the values of shared gauges.

Whoever holds the lease reads them and exposes them. It exposes none from the moment at which another may hold it, and
none of a reading that has failed MISSED times.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from chassis import telemetry
from chassis.context import Context
from chassis.db.listener import Listener

SECONDS = 30.0
# Who stands by asks for the lease so often.
STANDBY_SECONDS = 10.0
LEASE_SECONDS = 60.0
# For each reading. All are read at once: together less than a lease.
PATIENCE_SECONDS = 10.0
MISSED, GIVE_UP_SECONDS = 3, 3.0
# Its row stands among those of periodic work, which it is: one runner at a time, by a lease.
NAME = "chassis.readings"

_REGISTER = "insert into job_schedule (name, next_at) values ($1, 'infinity') on conflict do nothing"
# Who stands by writes nothing.
_TAKE = """
update job_schedule set runner = $2, leased_until = now() + make_interval(secs => $3)
where name = $1 and (runner = $2 or leased_until <= now()) returning true
"""
_READ = "update job_schedule set ended_at = now() where name = $1"
_GIVE_UP = "update job_schedule set runner = null, leased_until = now() where name = $1 and runner = $2"

_failed = telemetry.counter(
    "readings_failed", "Readings of shared gauges that failed", {"reading": "a reading of the service"}
)
_holds = telemetry.gauge("readings_lease_held", "1 where this process reads the shared gauges of its service")
_log = telemetry.logger(__name__)


@dataclass(frozen=True)
class Reading:
    """`read` sets the values of `gauges`, once in `every` turns."""

    name: str
    read: Callable[[Any], Awaitable[None]]
    gauges: Sequence[telemetry.SharedGauge]
    every: int = 1


class Readings:
    """The readings of one process."""

    def __init__(self, ctx: Context[Any], listener: Listener, readings: Sequence[Reading]) -> None:
        self._ctx = ctx
        self._listener = listener
        self._holder = uuid4()
        self._held = False
        self._turns = 0
        # Of each, the monotonic time of the last that was good.
        self._good = dict.fromkeys(readings, -math.inf)
        for each in readings:
            _failed.start(each.name)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Read for as long as the block lasts; at its end another process may."""
        try:
            async with self._ctx.loops.running("readings", self._loop):
                yield
        finally:
            if self._held:
                self._expose(until=0.0)
            with suppress(Exception):
                async with asyncio.timeout(GIVE_UP_SECONDS):
                    await self._listener.fetch(_GIVE_UP, NAME, self._holder)

    async def _loop(self) -> None:
        registered = False
        while True:
            try:
                if not registered:
                    await self._listener.fetch(_REGISTER, NAME)
                    registered = True
                if await self._turn():
                    await self._listener.fetch(_READ, NAME)
            except Exception as error:  # noqa: BLE001 -- what was read is exposed until the lease ends
                _holds.set(0)
                _log.warning("readings.trouble", error=error)
            await asyncio.sleep(SECONDS if self._held else STANDBY_SECONDS)

    async def _turn(self) -> bool:
        """Take or renew the lease, and read what is due; whether the lease was not ours before."""
        until = time.monotonic() + LEASE_SECONDS
        held = bool(await self._listener.fetch(_TAKE, NAME, self._holder, LEASE_SECONDS))
        first, lost = held and not self._held, self._held and not held
        self._held = held
        if first:
            self._turns = 0
        if lost:
            self._expose(until=0.0)
        if not held:
            return False
        self._expose(until=until)
        await asyncio.gather(*(self._read(each) for each in self._good if self._turns % each.every == 0))
        self._turns += 1
        self._expose(until=until)
        return first

    async def _read(self, reading: Reading) -> None:
        began = time.monotonic()
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await reading.read(self._ctx)
        except Exception as error:  # noqa: BLE001 -- the last value stays for a while
            _failed.inc(reading.name)
            _log.warning("reading.failed", reading=reading.name, error=error)
        else:
            self._good[reading] = began

    def _expose(self, *, until: float) -> None:
        """Expose what was read lately, until this monotonic time; 0: the lease is not ours."""
        _holds.set(float(until > 0))
        for reading, good in self._good.items():
            for gauge in reading.gauges:
                gauge.hold(min(until, good + MISSED * reading.every * SECONDS))

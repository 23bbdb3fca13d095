"""How far this service lags behind the producers that it follows, read from the database by every replica.

The replica that follows a producer records how current it is (chassis.inbox.poller). Where none does, or the producer
is away, or following was halted until an operator decides, the lag rises with time; so it does while the database
cannot be asked.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import msgspec

from chassis import telemetry
from chassis.context import Context

SECONDS = 15.0
PATIENCE_SECONDS = 5.0

_READ = """
select producer, halted is not null as halted,
    case when keeping_up and leased_until > now() then 0
         else extract(epoch from now() - current_to) end::float as seconds
from inbox_cursor where producer = any($1)
"""

_lag = telemetry.gauge(
    "inbox_lag_seconds",
    "Of each producer followed, the age of the oldest fact that may not have taken effect (set aside ones aside)",
    ("producer",),
)
_halted = telemetry.gauge("inbox_halted", "1 where following a producer needs a decision", ("producer",))
_log = telemetry.logger(__name__)


class _Row(msgspec.Struct, frozen=True):
    producer: str
    halted: bool
    # None: no replica has recorded it yet.
    seconds: float | None


class Lag:
    """The lag of one service behind each of `producers`."""

    def __init__(self, ctx: Context[Any], producers: Sequence[str]) -> None:
        self._ctx = ctx
        now = time.monotonic()
        # Of each producer, the monotonic time up to which it is followed. Before anybody has: from now on.
        self._current = dict.fromkeys(producers, now)

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Keep the metrics true for as long as the block lasts."""
        async with self._ctx.loops.running("inbox lag", self._watch):
            yield

    async def _watch(self) -> None:
        while True:
            try:
                await self._read()
            except Exception as error:  # noqa: BLE001 -- then the last reading ages
                _log.warning("lag.unreadable", error=error)
            now = time.monotonic()
            for producer, current in self._current.items():
                _lag.set(now - current, producer)
            await asyncio.sleep(SECONDS)

    async def _read(self) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS), self._ctx.db.read() as tx:
            rows = await tx.rows(_Row, _READ, list(self._current))
        now = time.monotonic()
        for row in rows:
            if row.seconds is not None:
                self._current[row.producer] = now - max(row.seconds, 0.0)
            _halted.set(float(row.halted), row.producer)

"""How far this service lags behind the producers that it follows, and what it has set aside, read from the database.

The replica that follows a producer records how current it is (chassis.inbox.poller). Where none does, or the producer
is away, or following was halted until an operator decides, the lag rises with time.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import msgspec

from chassis import telemetry
from chassis.context import Context
from chassis.db import ReadTx
from chassis.inbox.consumer import PRODUCER

_READ = """
select producer, halted is not null as halted,
    case when keeping_up and leased_until > now() then 0
         else extract(epoch from now() - current_to) end::float as seconds,
    (select count(*) from inbox_dead dead where dead.producer = inbox_cursor.producer and state <> 'retrying') as dead
from inbox_cursor where producer = any($1)
"""

_lag = telemetry.shared_gauge(
    "inbox_lag_seconds",
    "Of each producer followed, the age of the oldest fact that may not have taken effect (set aside ones aside)",
    {"producer": PRODUCER},
)
_halted = telemetry.shared_gauge(
    "inbox_halted", "1 where following a producer needs a decision", {"producer": PRODUCER}
)
_dead = telemetry.shared_gauge(
    "inbox_dead_letters", "Events set aside and given up, and those behind them", {"producer": PRODUCER}
)
GAUGES = (_lag, _halted, _dead)


class Follow(msgspec.Struct, frozen=True):
    """How far a producer is followed."""

    producer: str
    halted: bool
    # None: no replica has recorded it yet.
    seconds: float | None
    dead: int


_NONE = Follow("", False, None, 0)


async def look(tx: ReadTx, producers: Sequence[str]) -> list[Follow]:
    """How far each of these producers is followed, as far as it was recorded."""
    return await tx.rows(Follow, _READ, list(producers))


class Lag:
    """The lag of one service behind each of `producers`."""

    def __init__(self, producers: Sequence[str]) -> None:
        # Before anybody has recorded a producer: from now on.
        self._began = time.monotonic()
        self._producers = list(producers)

    async def read(self, ctx: Context[Any]) -> None:
        """Read the gauges."""
        async with ctx.db.read() as tx:
            rows = {row.producer: row for row in await look(tx, self._producers)}
        for producer in self._producers:
            row = rows.get(producer, _NONE)
            seconds = time.monotonic() - self._began if row.seconds is None else max(row.seconds, 0.0)
            _lag.set(seconds, producer)
            _halted.set(float(row.halted), producer)
            _dead.set(row.dead, producer)

"""What the tests of the inbox share: a consumer that records, a poller to kill, and looks at the effects."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager

from chassis import telemetry
from chassis.inbox import Consumer
from chassis.outbox import Event
from chassis.testing.servers import child_process
from chassis.tests.log.support import Counted, one, pipes_of

EFFECTS = """
create table if not exists effects (
    place bigint generated always as identity primary key, aggregate_id uuid not null, number bigint not null
)
"""


class Recorder:
    """A consumer that writes each number down, and may be told to fail at some."""

    def __init__(self) -> None:
        self.consumer = Consumer("catalog")
        self.consumer.on(Counted)(self._counted)
        self.fails: dict[int, Exception] = {}
        self.tries: list[int] = []
        self.traces: list[str] = []

    async def _counted(self, _ctx, tx, event: Event, data: Counted) -> None:
        self.tries.append(data.number)
        self.traces.append(telemetry.current_trace().trace_id)
        await tx.execute("insert into effects (aggregate_id, number) values ($1, $2)", event.aggregate_id, data.number)
        if data.number in self.fails:
            raise self.fails[data.number]


@contextmanager
def process(database, url, bench, failpoints=""):
    """A poller that can be killed."""
    key = bench.keyring.key_file("orders")
    argv = [sys.executable, "-m", "chassis.tests.log.process", database, failpoints, url, str(key)]
    with child_process(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as running, pipes_of(running):
        yield running


async def numbers(ctx):
    return await one(ctx.db, "select coalesce(array_agg(number order by place), '{}') from effects")


async def has(ctx, count):
    return await one(ctx.db, "select count(*) >= $1 from effects", count)


async def states(ctx):
    in_order = "select coalesce(array_agg(state order by aggregate_id, version), '{}') from inbox_dead"
    return await one(ctx.db, in_order)


async def is_dead(ctx):
    return await one(ctx.db, "select exists (select from inbox_dead where state = 'dead')")


PARKED = """
insert into inbox_dead (producer, aggregate, aggregate_id, version, event_id, type, occurred_at, data, state, tries,
                        retry_at)
values ('catalog', 'thing', $1, 1, 'e', 'thing.counted', now(), '{"number": 1}', 'retrying', $2, now())
"""

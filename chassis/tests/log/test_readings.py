"""Shared gauges: read by one process at a time, whatever becomes of it, and never older than is said."""

from __future__ import annotations

import time
from contextlib import asynccontextmanager

import pytest

from chassis import telemetry
from chassis.db.listener import Listener
from chassis.resilience.loops import Loops
from chassis.service import readings
from chassis.service.readings import Reading, Readings
from chassis.testing import eventually
from chassis.tests.log.support import one, opened


class Replica:
    """The readings of one process: a gauge of its own tells the one that exposes."""

    def __init__(self, ctx, name: str) -> None:
        self.gauge = telemetry.shared_gauge(f"reading_{name}_{time.monotonic_ns()}", "about")
        self.fails = False
        self.reads = 0
        ctx.loops = Loops(lambda: None)
        self.ctx = ctx
        self.listener = Listener(ctx.db)
        self.readings = Readings(ctx, self.listener, [Reading("things", self._read, (self.gauge,))])

    async def _read(self, ctx) -> None:
        if self.fails:
            raise RuntimeError("the table is gone")
        self.reads += 1
        self.gauge.set(await one(ctx.db, "select 7"))

    @property
    def shown(self) -> list[float]:
        return [sample.value for sample in self.gauge.samples()]


@asynccontextmanager
async def replica(database, name="only"):
    async with opened(database) as ctx:
        made = Replica(ctx, name)
        yield made
        made.listener.close()


@pytest.fixture
def soon(monkeypatch):
    for name in ("SECONDS", "STANDBY_SECONDS"):
        monkeypatch.setattr(readings, name, 0.05)


async def test_one_of_two_processes_exposes_and_the_other_takes_over_at_its_end(database, soon):
    async with replica(database, "first") as first, replica(database, "second") as second:
        async with first.readings.running():
            await eventually(lambda: first.shown == [7])
            async with second.readings.running():
                await eventually(lambda: first.reads > 5)
                assert second.shown == []
                assert second.reads == 0
        assert first.shown == []
        async with second.readings.running():
            await eventually(lambda: second.shown == [7])


async def test_a_process_whose_lease_lapsed_exposes_nothing(database, soon, monkeypatch):
    async with replica(database, "first") as first, replica(database, "second") as second:
        monkeypatch.setattr(readings, "LEASE_SECONDS", 1.0)
        await first.readings._listener.fetch(readings._REGISTER, readings.NAME)
        assert await first.readings._turn()
        assert first.shown == [7]
        # It does nothing more, as a process that was stopped.
        async with second.readings.running():
            await eventually(lambda: second.shown == [7])
            assert first.shown == []
            assert not await first.readings._turn()
            assert first.shown == []
        assert not first.readings._held


async def test_a_reading_that_fails_keeps_its_value_a_while_and_is_counted(database, soon, monkeypatch):
    failed = readings._failed
    monkeypatch.setattr(readings, "SECONDS", 0.3)
    async with replica(database) as only, only.readings.running():
        await eventually(lambda: only.shown == [7])
        before, only.fails = failed.value("things"), True
        await eventually(lambda: failed.value("things") > before)
        await eventually(lambda: only.shown == [], what="no value")
        assert readings._holds.value() == 1
        only.fails = False
        await eventually(lambda: only.shown == [7])


async def test_a_lost_lease_is_given_to_whoever_took_it(database, soon):
    async with replica(database) as only:
        async with only.readings.running():
            await eventually(lambda: only.shown == [7])
            async with only.ctx.db.write() as tx:
                await tx.execute(
                    "update job_schedule set runner = gen_random_uuid(), leased_until = now() + interval '1 hour'"
                    " where name = $1",
                    readings.NAME,
                )
            await eventually(lambda: only.shown == [])
            assert readings._holds.value() == 0
        left = "select leased_until > now() + interval '1 minute' from job_schedule where name = 'chassis.readings'"
        assert await one(only.ctx.db, left)

"""The lag is the database's: it rises while nobody follows, whoever looks, and falls when somebody does."""

from __future__ import annotations

import asyncio
import re
import statistics
from contextlib import asynccontextmanager

import asyncpg
import prometheus_client
import pytest

from chassis import inbox, outbox
from chassis.db.listener import Listener
from chassis.inbox import lag, poller
from chassis.resilience.loops import Loops
from chassis.service import readings
from chassis.testing import eventually
from chassis.testing.databases import database_name
from chassis.testing.servers import free_port
from chassis.testing.statements import counted
from chassis.tests.log.inbox_support import Recorder, has
from chassis.tests.log.jobs_support import connected
from chassis.tests.log.support import Other, count_up, node, one, opened, serving
from chassis.values import uuid7


def measured() -> float:
    value = prometheus_client.REGISTRY.get_sample_value("inbox_lag_seconds", {"producer": "catalog"})
    return -1.0 if value is None else value


async def rises(*, to: float = 1.0) -> None:
    await eventually(lambda: measured() >= to, timeout=60, what=f"a lag of {to} s")


async def falls() -> None:
    await eventually(lambda: 0 <= measured() < 0.3, timeout=60, what="no lag")


@asynccontextmanager
async def watched(url):
    """A replica that follows nothing itself, and has the lag of its database."""
    async with opened(url) as ctx:
        ctx.loops = Loops(lambda: None)
        listener, followed = Listener(ctx.db), lag.Lag(["catalog"])
        reading = readings.Reading("inbox", followed.read, lag.GAUGES)
        async with readings.Readings(ctx, listener, [reading]).running():
            yield ctx
        listener.close()


async def test_lag_rises_while_the_producer_is_down_and_falls_afterwards(bench, database, quick):
    seen, port = Recorder(), free_port()
    async with (
        node(bench, "producer") as producer,
        node(bench, "inbox", consumers=[seen.consumer], producer_url=f"http://127.0.0.1:{port}", url=database) as ctx,
    ):
        await rises()
        async with serving(producer, bench, port):
            await count_up(producer.db, 3)
            await eventually(lambda: has(ctx, 3))
            await falls()
        await rises()
        async with serving(producer, bench, port):
            await falls()


async def test_lag_rises_while_no_replica_polls(bench, catalog, database, quick):
    producer, url = catalog
    await count_up(producer.db, 1)
    async with watched(database):
        await rises(to=0.5)
        async with node(bench, "inbox", consumers=[Recorder().consumer], producer_url=url, url=database) as ctx:
            await eventually(lambda: has(ctx, 1))
            await falls()
        await rises()
        # What killed processes left: nobody gave the lease up, and it lapses.
        async with node(bench, "inbox", consumers=[Recorder().consumer], producer_url=url, url=database) as ctx:
            await falls()
            async with ctx.db.write() as tx:
                await tx.execute(
                    "update inbox_cursor set holder = gen_random_uuid(), leased_until = now() + interval '2 seconds'"
                )
            await eventually(lambda: measured() > 0.3, timeout=60)


async def test_an_idle_consumer_has_no_lag_and_few_writes(bench, catalog, database, quick, monkeypatch):
    """One write for each poll that ends, as there always was for the lease; none more."""
    _, url = catalog
    answered: list[bool] = []
    poll = poller.Poller._poll

    async def noted(*arguments):
        page = await poll(*arguments)
        answered.append(True)
        return page

    monkeypatch.setattr(poller.Poller, "_poll", noted)
    async with node(bench, "inbox", consumers=[Recorder().consumer], producer_url=url, url=database) as ctx:
        await eventually(lambda: one(ctx.db, "select keeping_up from inbox_cursor"))
        await falls()
        lags: list[float] = []

        def is_measured_after_so_many(polls: int) -> bool:
            lags.append(measured())
            return len(answered) >= polls

        before = len(answered)
        async with counted(bench.postgres, database_name("hello", "inbox")) as cost:
            begun = len(answered)
            await eventually(lambda: is_measured_after_so_many(begun + 6))
        polls = len(answered) - before
    writes = [each for each in cost.ran if re.match(r"\s*(insert into|update) inbox_cursor", each.sql, re.IGNORECASE)]
    assert 1 <= len(writes) <= polls + 1, cost.told()
    # A machine that stands still measures late now and then; a lag that rose at rest would do so most of the time.
    assert statistics.median(lags) < 0.3


async def test_events_of_other_types_keep_the_lag_low(bench, catalog, database, quick):
    producer, url = catalog
    async with node(bench, "inbox", consumers=[Recorder().consumer], producer_url=url, url=database) as ctx:
        await eventually(lambda: one(ctx.db, "select keeping_up from inbox_cursor"))
        for version in range(1, 30):
            async with producer.db.write() as tx:
                await outbox.publish(tx, "thing", uuid7(), version, Other())
        end = "select cursor <> '' and keeping_up and current_to > now() - interval '2 seconds' from inbox_cursor"
        await eventually(lambda: one(ctx.db, end))
        await falls()


async def test_the_lag_of_a_backlog_is_the_age_of_the_last_handled_event(bench, catalog, database, quick, monkeypatch):
    producer, url = catalog
    monkeypatch.setattr(poller, "PAGE", 1)
    await count_up(producer.db, 3)
    async with connected(bench.postgres.url(database_name("hello", "producer"))) as owner:
        await owner.execute("update outbox set occurred_at = now() - interval '1 hour'")
    seen, go_on = Recorder(), asyncio.Event()
    handle = seen.consumer.handle

    async def waits_at_the_last(*arguments):
        if arguments[2].version == 3:
            await go_on.wait()
        await handle(*arguments)

    monkeypatch.setattr(seen.consumer, "handle", waits_at_the_last)
    async with node(bench, "inbox", consumers=[seen.consumer], producer_url=url, url=database):
        await rises(to=3_500)
        go_on.set()
        await falls()


@pytest.mark.parametrize("restart", [True, False])
async def test_a_halted_consumer_lags_until_a_restart(bench, catalog, database, quick, restart):
    producer, url = catalog
    await count_up(producer.db, 1)
    async with node(bench, "inbox", consumers=[Recorder().consumer], producer_url=url, url=database) as ctx:
        await eventually(lambda: has(ctx, 1))
        await falls()
        async with producer.db.write() as tx:
            await tx.execute("update outbox_log set epoch = replace(gen_random_uuid()::text, '-', '')")
        await rises()
        assert lag._halted.value("catalog") == 1
        if restart:
            async with ctx.db.write() as tx:
                await inbox.restart(tx, "catalog")
            await falls()


async def test_no_lag_is_exposed_while_the_database_is_unavailable(bench, catalog, database, quick, monkeypatch):
    _, url = catalog
    monkeypatch.setattr(readings, "LEASE_SECONDS", 2.0)
    async with node(bench, "inbox", consumers=[Recorder().consumer], producer_url=url, url=database):
        await falls()
        name = database_name("hello", "inbox")
        async with connected(bench.postgres.url("postgres")) as owner:
            await owner.execute(f"alter database {name} allow_connections false")
            try:
                await owner.fetchval(
                    "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = $1", name
                )
                await eventually(lambda: measured() == -1, what="no lag")
            finally:
                await owner.execute(f"alter database {name} allow_connections true")
        await falls()


async def test_lag_rises_while_a_transaction_of_the_producer_holds_its_events_back(bench, catalog, database, quick):
    producer, url = catalog
    async with node(bench, "inbox", consumers=[Recorder().consumer], producer_url=url, url=database) as ctx:
        stranger = await asyncpg.connect(bench.postgres.url(database_name("hello", "producer")))
        try:
            async with stranger.transaction():
                await stranger.fetchval("select pg_current_xact_id()")
                await count_up(producer.db, 1)
                await rises(to=1.5)
        finally:
            await stranger.close()
        await eventually(lambda: has(ctx, 1))
        await falls()

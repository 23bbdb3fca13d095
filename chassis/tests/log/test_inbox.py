from __future__ import annotations

import asyncio

import asyncpg
import msgspec
import pytest

from chassis import inbox, outbox, telemetry
from chassis.inbox import dispatcher, lag, poller
from chassis.inbox.operations import allow_restart
from chassis.outbox import feed
from chassis.testing import eventually
from chassis.testing.databases import database_name
from chassis.testing.servers import free_port
from chassis.tests.log.inbox_support import Recorder, has, numbers
from chassis.tests.log.support import Counted, Other, Said, count_up, node, one, opened, serving
from chassis.values import uuid7


async def test_events_take_effect_once_in_order_with_their_trace(bench, catalog, database, quick):
    producer, url = catalog
    seen = Recorder()
    telemetry.begin(None, None)
    trace = telemetry.current_trace().trace_id
    await count_up(producer.db, 20)
    async with node(bench, "inbox", consumers=[seen.consumer], producer_url=url, url=database) as ctx:
        await eventually(lambda: has(ctx, 20))
        async with producer.db.write() as tx:
            await outbox.publish(tx, "thing", uuid7(), 1, Other())
        await count_up(producer.db, 1, first=21)
        await eventually(lambda: has(ctx, 21))
    assert seen.tries == list(range(1, 22))
    assert set(seen.traces) == {trace}
    # A new process goes on where the last one stopped.
    again = Recorder()
    async with node(bench, "inbox", consumers=[again.consumer], producer_url=url, url=database) as ctx:
        await count_up(producer.db, 1, first=22)
        await eventually(lambda: has(ctx, 22))
        assert await numbers(ctx) == list(range(1, 23))
    assert again.tries == [22]


def test_a_type_has_one_handler():
    seen = Recorder()
    with pytest.raises(ValueError, match="two handlers"):
        seen.consumer.on(Counted)(seen._counted)


async def test_events_of_other_types_are_ignored(bench, catalog, database, quick):
    producer, url = catalog
    seen = Recorder()
    async with node(bench, "inbox", consumers=[seen.consumer], producer_url=url, url=database) as ctx:
        for version in range(1, 4):
            async with producer.db.write() as tx:
                await outbox.publish(tx, "thing", uuid7(), version, Other())
        end = (await feed.read(producer.db, "", 500)).page.cursor
        await eventually(lambda: one(ctx.db, "select cursor = $1 from inbox_cursor", end))
        await count_up(producer.db, 1)
        await eventually(lambda: has(ctx, 1))
    assert seen.tries == [1]


async def test_one_replica_polls_and_another_takes_over(bench, catalog, database, quick):
    producer, url = catalog
    first, second = Recorder(), Recorder()
    async with node(bench, "inbox", consumers=[second.consumer], producer_url=url, url=database) as ctx:
        await count_up(producer.db, 1)
        await eventually(lambda: has(ctx, 1))
        async with node(bench, "inbox", consumers=[first.consumer], producer_url=url, url=database):
            await count_up(producer.db, 5, first=2)
            await eventually(lambda: has(ctx, 6))
            assert first.tries == []
            async with ctx.db.write() as tx:
                # Another holder appears out of nowhere: both step back, and one goes on when its lease lapses.
                await tx.execute(
                    "update inbox_cursor set holder = gen_random_uuid(), leased_until = now() + interval '0.5 s'"
                )
            await count_up(producer.db, 5, first=7)
            await eventually(lambda: has(ctx, 11))
            assert await numbers(ctx) == list(range(1, 12))


async def test_of_concurrent_claims_of_a_free_lease_one_succeeds(database, monkeypatch):
    monkeypatch.setattr(poller, "_TAKEN", "select false where $1 = '' and $2::uuid is null")
    async with opened(database) as ctx:
        asking = [poller.Poller(ctx, Recorder().consumer)._lease() for _ in range(8)]
        got = await asyncio.gather(*asking, return_exceptions=True)
    assert sum(isinstance(result, poller.Lease) for result in got) == 1
    assert sum(isinstance(result, dispatcher.Lost) for result in got) == 7


async def test_events_are_handled_when_an_unavailable_producer_is_back(bench, database, quick):
    port = free_port()
    seen = Recorder()
    url = f"http://127.0.0.1:{port}"
    async with (
        node(bench, "producer") as producer,
        node(bench, "inbox", consumers=[seen.consumer], producer_url=url, url=database) as ctx,
    ):
        await count_up(producer.db, 3)
        await eventually(lambda: one(ctx.db, "select true from inbox_cursor where holder is not null"))
        async with serving(producer, bench, port):
            await eventually(lambda: has(ctx, 3))
        async with serving(producer, bench, port):
            await count_up(producer.db, 1, first=4)
            await eventually(lambda: has(ctx, 4), timeout=60)


async def test_events_are_handled_when_a_lost_database_is_back(bench, catalog, database, quick):
    producer, url = catalog
    seen = Recorder()
    async with node(bench, "inbox", consumers=[seen.consumer], producer_url=url, url=database) as ctx:
        owner = await asyncpg.connect(bench.postgres.url("postgres"))
        cut = "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = $1"
        await count_up(producer.db, 1)
        await eventually(lambda: has(ctx, 1))
        for number in range(2, 6):
            await owner.fetchval(cut, database_name("hello", "inbox"))
            await count_up(producer.db, 1, first=number)
        await owner.close()
        await eventually(lambda: settled(ctx, 5))
        assert await numbers(ctx) == [1, 2, 3, 4, 5]


async def settled(ctx, count):
    try:
        return await has(ctx, count)
    except (asyncpg.PostgresError, asyncpg.InterfaceError):
        return False


async def test_a_new_epoch_of_the_producer_halts_the_consumer_until_a_restart(bench, catalog, database, quick):
    producer, url = catalog
    seen = Recorder()
    await count_up(producer.db, 2)
    async with node(bench, "inbox", consumers=[seen.consumer], producer_url=url, url=database) as ctx:
        await eventually(lambda: has(ctx, 2))
        async with producer.db.write() as tx:
            await tx.execute("update outbox_log set epoch = replace(gen_random_uuid()::text, '-', '')")
        halted = await eventually(lambda: one(ctx.db, "select halted from inbox_cursor"))
        assert halted.startswith("feed-epoch-changed")
        await eventually(lambda: lag._halted.value("catalog") == 1)
        await count_up(producer.db, 1, first=3)
        assert await numbers(ctx) == [1, 2]
        async with ctx.db.write() as tx:
            await inbox.restart(tx, "catalog")
        await eventually(lambda: has(ctx, 5))
        assert await numbers(ctx) == [1, 2, 1, 2, 3]
        assert await one(ctx.db, "select halted from inbox_cursor") is None


async def test_after_a_restore_the_consumer_restarts_once_by_itself(bench, catalog, database, quick):
    producer, url = catalog
    seen = Recorder()
    another = "update outbox_log set epoch = replace(gen_random_uuid()::text, '-', '')"
    await count_up(producer.db, 2)
    async with node(bench, "inbox", consumers=[seen.consumer], producer_url=url, url=database) as ctx:
        await eventually(lambda: has(ctx, 2))
        async with ctx.db.write() as tx:
            await allow_restart(tx)
        async with producer.db.write() as tx:
            await tx.execute(another)
        await eventually(lambda: has(ctx, 4))
        assert await numbers(ctx) == [1, 2, 1, 2]
        assert await one(ctx.db, "select halted from inbox_cursor") is None
        async with producer.db.write() as tx:
            await tx.execute(another)
        assert (await eventually(lambda: one(ctx.db, "select halted from inbox_cursor"))).startswith("feed-epoch")


async def test_a_producer_that_refuses_is_asked_again(bench, database, quick, monkeypatch):
    seen, said = Recorder(), Said()
    monkeypatch.setattr(poller, "_log", said)
    async with node(bench, "producer") as producer, serving(producer, bench) as url:
        await count_up(producer.db, 1)
        async with node(bench, "inbox", consumers=[seen.consumer], producer_url=url, url=database) as ctx:
            await eventually(lambda: has(ctx, 1))
            async with ctx.db.write() as tx:
                await tx.execute("update inbox_cursor set cursor = 'nonsense'")
            await eventually(lambda: "inbox.poll_failed" in said.events)
            async with ctx.db.write() as tx:
                await inbox.restart(tx, "catalog")
            await eventually(lambda: has(ctx, 2))


async def test_the_poller_goes_on_after_an_error_of_its_own_statement(bench, catalog, database, quick, monkeypatch):
    producer, url = catalog
    seen = Recorder()
    whole, broken = poller._LEASE, "select no_such_column"
    monkeypatch.setattr(poller, "LEASE_SECONDS", 1.0)
    async with node(bench, "inbox", consumers=[seen.consumer], producer_url=url, url=database) as ctx:
        await eventually(lambda: one(ctx.db, "select true from inbox_cursor"))
        monkeypatch.setattr(poller, "_LEASE", broken)
        await eventually(lambda: one(ctx.db, "select leased_until < now() from inbox_cursor"))
        await count_up(producer.db, 1)
        monkeypatch.setattr(poller, "_LEASE", whole)
        await eventually(lambda: has(ctx, 1))


def test_data_is_decoded_to_the_consumers_type():
    assert msgspec.json.decode(b'{"number": 3, "more": true}', type=Counted) == Counted(3)

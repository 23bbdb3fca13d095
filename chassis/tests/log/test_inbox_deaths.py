from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import msgspec
import pytest

from chassis import outbox
from chassis.inbox import dead_letters, dispatcher, poller
from chassis.outbox import Event, feed
from chassis.testing import eventually
from chassis.tests.log import process as log_process
from chassis.tests.log.inbox_support import PARKED, Recorder, has, numbers, process, states
from chassis.tests.log.support import Counted, count_up, node, one, opened
from chassis.values import uuid7


async def test_an_event_that_kills_its_process_becomes_a_dead_letter(bench, catalog, database, quick):
    producer, url = catalog
    await count_up(producer.db, 3)
    async with producer.db.write() as tx:
        await outbox.publish(tx, "thing", uuid7(), 1, Counted(log_process.KILLER))
    await count_up(producer.db, 3, first=4)
    deaths = 0
    async with opened(database) as ctx:
        while not await has(ctx, 6):
            with process(database, url, bench) as doomed:
                await eventually(lambda: ended_or_done(doomed, ctx), timeout=60)
                deaths += doomed.poll() is not None
        assert await numbers(ctx) == [1, 2, 3, 4, 5, 6]
        assert await states(ctx) == ["dead"]
        assert deaths == dispatcher.CRASHES + 1


async def ended_or_done(running, ctx):
    return running.poll() is not None or await has(ctx, 6)


async def test_an_event_that_kills_its_process_at_every_retry_becomes_a_dead_letter(database):
    seen, holder = Recorder(), uuid7()
    async with opened(database) as ctx:
        async with ctx.db.write() as tx:
            await tx.execute("insert into inbox_cursor (producer, holder) values ('catalog', $1)", holder)
            await tx.execute(PARKED, uuid7(), dead_letters.TRIES)
        await dead_letters.retry(ctx, seen.consumer, holder)
        assert await states(ctx) == ["dead"]
        assert "died" in await one(ctx.db, "select error from inbox_dead")
    assert seen.tries == []


async def test_only_the_holder_of_the_lease_retries(database):
    seen, holder = Recorder(), uuid7()
    async with opened(database) as ctx:
        async with ctx.db.write() as tx:
            await tx.execute("insert into inbox_cursor (producer, holder) values ('catalog', $1)", holder)
            await tx.execute(PARKED, uuid7(), 1)
        await dead_letters.retry(ctx, seen.consumer, uuid7())
        assert (seen.tries, await states(ctx)) == ([], ["retrying"])
        async with ctx.db.write() as tx:
            await tx.execute("update inbox_dead set retry_at = now()")
        seen.fails[1] = TimeoutError("the database, it seems")
        with pytest.raises(TimeoutError):
            await dead_letters.retry(ctx, seen.consumer, holder)
        assert (seen.tries, await states(ctx)) == ([1], ["retrying"])
        seen.fails.clear()
        async with ctx.db.write() as tx:
            await tx.execute("update inbox_dead set retry_at = now()")
        await dead_letters.retry(ctx, seen.consumer, holder)
        assert (await numbers(ctx), await states(ctx)) == ([1], [])


async def test_after_a_crash_events_are_handled_singly_and_the_cause_becomes_a_dead_letter(
    bench, catalog, database, quick
):
    producer, url = catalog
    seen = Recorder()
    seen.fails[2] = RuntimeError("it fails too")
    for number in (1, 2, 3):
        await count_up(producer.db, 1, first=number)
    page = (await feed.read(producer.db, "", 1)).page
    async with opened(database) as ctx, ctx.db.write() as tx:
        await tx.execute(
            "insert into inbox_cursor (producer, holder, suspect, suspect_tries) values ('catalog', $1, $2, $3)",
            *(uuid7(), page.events[0].id, dispatcher.CRASHES),
        )
    async with node(bench, "inbox", consumers=[seen.consumer], producer_url=url, url=database) as ctx:
        await eventually(lambda: has(ctx, 1))
        assert await numbers(ctx) == [3]
        assert await one(ctx.db, "select state from inbox_dead where data ->> 'number' = '1'") == "dead"
        seen.fails.clear()
        await eventually(lambda: has(ctx, 2))
        assert await numbers(ctx) == [3, 2]


async def test_of_concurrent_claims_of_a_free_lease_one_succeeds(database, monkeypatch):
    monkeypatch.setattr(poller, "_TAKEN", "select false where $1 = '' and $2::uuid is null")
    async with opened(database) as ctx:
        asking = [poller.Poller(ctx, Recorder().consumer)._lease() for _ in range(8)]
        got = await asyncio.gather(*asking, return_exceptions=True)
    assert sum(isinstance(result, poller.Lease) for result in got) == 1
    assert sum(isinstance(result, dispatcher.Lost) for result in got) == 7


async def test_without_the_lease_no_event_is_applied(database):
    seen = Recorder()
    event = Event("e", "thing.counted", "thing", uuid7(), 1, datetime.now(UTC), None, msgspec.Raw(b'{"number": 1}'))
    async with opened(database) as ctx:
        await one(ctx.db, "select 1")
        for careful in (True, False):
            with pytest.raises(dispatcher.Lost):
                await dispatcher.Dispatcher(ctx, seen.consumer, dispatcher.Position("catalog")).apply(
                    [event], careful=careful
                )
    assert seen.tries == []


@pytest.mark.parametrize("place", ["before", "after"])
async def test_a_crash_at_the_commit_loses_and_repeats_no_event(bench, catalog, database, quick, place):
    producer, url = catalog
    await count_up(producer.db, 30)
    with process(database, url, bench, f"inbox.{place}_commit=kill") as doomed:
        await asyncio.to_thread(doomed.wait, 60)
    seen = Recorder()
    async with node(bench, "inbox", consumers=[seen.consumer], producer_url=url, url=database) as ctx:
        await eventually(lambda: has(ctx, 30))
        await count_up(producer.db, 1, first=31)
        await eventually(lambda: has(ctx, 31))
        assert await numbers(ctx) == list(range(1, 32))
    assert seen.tries == (list(range(1, 32)) if place == "before" else [31])


async def test_two_replicas_handle_20000_events_once_while_one_is_killed(bench, catalog, database, quick):
    producer, url = catalog
    things, each = [uuid7() for _ in range(20)], 1000
    for first in range(1, each + 1, 100):
        async with producer.db.write() as tx:
            await tx.execute(
                "insert into outbox (type, aggregate, aggregate_id, version, data)"
                " select 'thing.counted', 'thing', thing, n, jsonb_build_object('number', n)"
                " from generate_series($2::int, $2::int + 99) n, unnest($1::uuid[]) thing",
                things,
                first,
            )
    async with opened(database) as ctx:
        with process(database, url, bench) as doomed:
            await eventually(lambda: has(ctx, 1), timeout=60)
            with process(database, url, bench):
                await eventually(lambda: has(ctx, 3000), timeout=60)
                doomed.kill()
                await eventually(lambda: has(ctx, len(things) * each), timeout=120)
        rows = "select count(*), count(distinct (aggregate_id, number)) from effects"
        async with ctx.db.read() as tx:
            total = await tx.row(lambda **row: row, rows.replace("count(*)", "count(*) as total"))
        assert total == {"total": 20_000, "count": 20_000}
        disorder = (
            "select count(*) from (select number, lag(number, 1, 0) over (partition by aggregate_id order by place)"
            " as before from effects) ordered where number <> before + 1"
        )
        assert await one(ctx.db, disorder) == 0

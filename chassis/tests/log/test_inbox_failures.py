from __future__ import annotations

import asyncpg
import orjson

from chassis import inbox, telemetry
from chassis.inbox import dead_letters, dispatcher, lag
from chassis.testing import eventually, lines
from chassis.testing.databases import database_name
from chassis.tests.log.inbox_support import Recorder, has, is_dead, numbers, states
from chassis.tests.log.support import count_up, node, one
from chassis.values import uuid7


async def test_an_event_that_always_fails_stops_only_its_own_aggregate(bench, catalog, database, quick):
    producer, url = catalog
    seen = Recorder()
    seen.fails[2] = RuntimeError("poison\0")
    good, bad = uuid7(), uuid7()
    for number in (1, 2, 3):
        await count_up(producer.db, 1, bad, first=number)
    await count_up(producer.db, 50, good, first=100)
    await count_up(producer.db, 1, bad, first=4)
    async with node(bench, "inbox", consumers=[seen.consumer], producer_url=url, url=database) as ctx:
        await eventually(lambda: has(ctx, 51))
        assert await numbers(ctx) == [1, *range(100, 150)]
        await eventually(lambda: is_dead(ctx))
        assert seen.tries.count(2) >= dead_letters.TRIES
        assert await one(ctx.db, "select tries from inbox_dead where state = 'dead'") == dead_letters.TRIES
        assert await one(ctx.db, "select error from inbox_dead where state = 'dead'") == "RuntimeError: poison"
        assert await states(ctx) == ["dead", "held", "held"]
        await eventually(lambda: lag._dead.value("catalog") == 3)
        # Somebody mends the handler and sets it going again.
        seen.fails.clear()
        async with ctx.db.write() as tx:
            assert await inbox.redrive(tx, "elsewhere") == 0
            assert await inbox.redrive(tx) == 1
        await eventually(lambda: has(ctx, 54))
        assert await numbers(ctx) == [1, *range(100, 150), 2, 3, 4]
        await count_up(producer.db, 1, bad, first=5)
        await eventually(lambda: has(ctx, 55))
        assert await states(ctx) == []


async def test_an_event_is_handled_after_a_temporary_failure(bench, catalog, database, quick):
    producer, url = catalog
    seen = Recorder()
    seen.fails[3] = RuntimeError("not yet")
    await count_up(producer.db, 5)
    async with node(bench, "inbox", consumers=[seen.consumer], producer_url=url, url=database) as ctx:
        await eventually(lambda: seen.tries.count(3) >= 4)
        assert await numbers(ctx) == [1, 2]
        seen.fails.clear()
        await eventually(lambda: has(ctx, 5))
        assert await numbers(ctx) == [1, 2, 3, 4, 5]
        assert await states(ctx) == []


async def test_the_line_of_an_event_that_failed_has_its_trace_and_the_pollers_have_none(
    bench, catalog, database, quick
):
    producer, url = catalog
    seen = Recorder()
    seen.fails[1] = RuntimeError("poison")
    trace_id = telemetry.begin(None, None).trace_id
    await count_up(producer.db, 1)
    telemetry.resume(telemetry.Trace("", ""))
    lines.taken()
    async with node(bench, "inbox", consumers=[seen.consumer], producer_url=url, url=database) as ctx:
        await eventually(lambda: is_dead(ctx))
    told = [orjson.loads(line) for line in lines.taken()]
    assert {line["trace.id"] for line in told if line["message"] in {"inbox.set_aside", "inbox.dead"}} == {trace_id}
    assert not any("trace.id" in line for line in told if line["log.logger"] == "chassis.inbox.poller")


async def test_data_that_does_not_fit_is_set_aside(bench, catalog, database, quick):
    producer, url = catalog
    seen = Recorder()
    async with producer.db.write() as tx:
        await tx.execute(
            "insert into outbox (type, aggregate, aggregate_id, version, data)"
            " values ('thing.counted', 'thing', gen_random_uuid(), 1, '{\"number\": \"many\"}')"
        )
    await count_up(producer.db, 1)
    async with node(bench, "inbox", consumers=[seen.consumer], producer_url=url, url=database) as ctx:
        await eventually(lambda: has(ctx, 1))
        assert "ValidationError" in await eventually(lambda: one(ctx.db, "select error from inbox_dead"))


async def test_an_event_that_fails_at_the_commit_is_found_by_bisection(bench, catalog, database, quick):
    producer, url = catalog
    owner = await asyncpg.connect(bench.postgres.url(database_name("hello", "inbox")))
    await owner.execute(
        "create function refuse() returns trigger language plpgsql as"
        " $$ begin if new.number in (7, 13) then raise 'not at the commit'; end if; return new; end $$;"
        " create constraint trigger refuse after insert on effects deferrable initially deferred"
        " for each row execute function refuse()"
    )
    try:
        for number in range(1, 21):
            await count_up(producer.db, 1, first=number)
        async with node(bench, "inbox", consumers=[Recorder().consumer], producer_url=url, url=database) as ctx:
            await eventually(lambda: has(ctx, 18))
            assert await numbers(ctx) == [number for number in range(1, 21) if number not in {7, 13}]
            assert await one(ctx.db, "select count(*) from inbox_dead") == 2
    finally:
        await owner.execute("drop function refuse cascade")
        await owner.close()


async def test_an_event_whose_handler_always_has_an_outage_becomes_a_dead_letter(bench, catalog, database, quick):
    producer, url = catalog
    seen = Recorder()
    seen.fails[3] = TimeoutError("as if the database were slow")
    for number in range(1, 6):
        await count_up(producer.db, 1, first=number)
    async with node(bench, "inbox", consumers=[seen.consumer], producer_url=url, url=database) as ctx:
        await eventually(lambda: has(ctx, 4))
        assert await numbers(ctx) == [1, 2, 4, 5]
        assert await one(ctx.db, "select count(*) from inbox_dead") == 1
        await eventually(lambda: seen.tries.count(3) > dispatcher.TROUBLE_FAILED + 2)

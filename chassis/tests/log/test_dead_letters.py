"""Events set aside: none is lost, none overtakes an earlier one of its aggregate, whatever happens at the same time."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from datetime import UTC, datetime

import asyncpg
import msgspec
import pytest

from chassis import inbox
from chassis.inbox import dead_letters, dispatcher
from chassis.ops import cli
from chassis.outbox import Event
from chassis.problems import Unavailable
from chassis.testing import eventually
from chassis.tests.log.inbox_support import Recorder, numbers
from chassis.tests.log.support import Counted, one, opened
from chassis.values import uuid7
from chassis.worker import housekeeping

HOLDER = uuid7()
_SET_ASIDE = """
insert into inbox_dead (producer, aggregate, aggregate_id, version, event_id, type, occurred_at, data, state, retry_at,
                        parked_at, tries)
values ('catalog', 'thing', $1, $2::bigint, 'event ' || $2, 'thing.counted', now(),
        jsonb_build_object('number', $2::bigint), $3, case when $3 = 'retrying' then now() end,
        now() - interval '31 days', case when $3 = 'dead' then 8 else 0 end)
"""

_OF_ORDERS = _SET_ASIDE.replace("'catalog'", "'orders'")


@pytest.fixture
async def ctx(database):
    async with opened(database) as ctx:
        async with ctx.db.write() as tx:
            await tx.execute("insert into inbox_cursor (producer, holder) values ('catalog', $1)", HOLDER)
        yield ctx


async def set_aside(ctx, thing, *versions, state):
    async with ctx.db.write() as tx:
        for version in versions:
            await tx.execute(_SET_ASIDE, thing, version, state)


async def states(ctx):
    return await one(ctx.db, "select coalesce(array_agg(state order by aggregate_id, version), '{}') from inbox_dead")


def event(thing, number):
    data = msgspec.Raw(b'{"number": %d}' % number)
    return Event(f"place {number}", "thing.counted", "thing", thing, number, datetime.now(UTC), None, data)


def place():
    return dispatcher.Position("catalog", holder=HOLDER)


async def redriven(ctx, *arguments):
    async with ctx.db.write() as tx:
        return await inbox.redrive(tx, *arguments)


async def test_pruning_keeps_dead_letters_with_waiting_events(ctx):
    await set_aside(ctx, uuid7(), 1, state="dead")
    await set_aside(ctx, uuid7(), 1, state="held")
    await housekeeping.prune(ctx)
    assert sorted(await states(ctx)) == ["dead", "held"]


async def test_redrive_takes_the_oldest_of_each_aggregate_also_where_the_head_was_lost(ctx):
    seen = Recorder()
    stranded, blocked = sorted([uuid7(), uuid7()])
    await set_aside(ctx, stranded, 7, 8, state="held")
    await set_aside(ctx, blocked, 2, state="dead")
    await set_aside(ctx, blocked, 3, state="held")
    assert await redriven(ctx, "elsewhere") == 0
    assert await redriven(ctx, "catalog", str(uuid7())) == 0
    assert await redriven(ctx, None, "event 3") == 1
    assert await states(ctx) == ["held", "held", "retrying", "held"]
    assert await redriven(ctx, "catalog", str(stranded)) == 1
    assert await redriven(ctx) == 0
    while await states(ctx):
        await dead_letters.retry(ctx, seen.consumer, HOLDER)
    assert sorted(await numbers(ctx)) == [2, 3, 7, 8]
    assert [number for number in await numbers(ctx) if number > 3] == [7, 8]


async def test_only_the_first_dead_letter_can_be_discarded_and_then_the_next_is_retried(ctx):
    seen = Recorder()
    thing = uuid7()
    await set_aside(ctx, thing, 1, state="dead")
    await set_aside(ctx, thing, 2, 3, state="held")
    async with ctx.db.write() as tx:
        assert not await inbox.discard(tx, "event 2")
        assert await inbox.discard(tx, "event 1")
    assert await states(ctx) == ["retrying", "held"]
    for _ in range(2):
        await dead_letters.retry(ctx, seen.consumer, HOLDER)
    assert await numbers(ctx) == [2, 3]


async def test_of_events_of_two_services_with_one_id_only_the_one_that_is_meant_is_discarded(ctx):
    await set_aside(ctx, uuid7(), 1, state="dead")
    async with ctx.db.write() as tx:
        await tx.execute(_OF_ORDERS, uuid7(), 1, "dead")
    with pytest.raises(inbox.ManyProducers, match="catalog and orders"):
        async with ctx.db.write() as tx:
            await inbox.discard(tx, "event 1")
    async with ctx.db.write() as tx:
        assert await inbox.discard(tx, "event 1", "payments") is None
        gone = await inbox.discard(tx, "event 1", "orders")
    assert gone is not None
    assert gone.producer == "orders"
    assert await one(ctx.db, "select array_agg(producer) from inbox_dead") == ["catalog"]


async def test_the_command_asks_whose_event_is_meant(ctx, database, command):
    await set_aside(ctx, uuid7(), 1, state="dead")
    async with ctx.db.write() as tx:
        await tx.execute(_OF_ORDERS, uuid7(), 1, "dead")
    code, said = await command(database, "discard", "--event", "event 1", "--yes")
    assert (code, "--producer" in said) == (cli.FAILED, True)
    assert (await command(database, "discard", "--event", "event 1", "--producer", "orders", "--yes"))[0] == cli.DONE
    assert await one(ctx.db, "select array_agg(producer) from inbox_dead") == ["catalog"]


@pytest.mark.parametrize("outage", [ConnectionResetError("the database"), Unavailable("another service")])
async def test_an_outage_does_not_count_as_a_try(ctx, outage):
    seen = Recorder()
    for number in (1, 2, 3):
        await set_aside(ctx, uuid7(), number, state="retrying")
        seen.fails[number] = outage
    for _ in range(dead_letters.TRIES * 2):
        async with ctx.db.write() as tx:
            await tx.execute("update inbox_dead set retry_at = now()")
        with pytest.raises(type(outage)):
            await dead_letters.retry(ctx, seen.consumer, HOLDER)
    assert await one(ctx.db, "select array_agg(distinct tries - excused) from inbox_dead") == [0]
    assert type(outage).__name__ in await one(ctx.db, "select max(error) from inbox_dead")
    seen.fails.clear()
    async with ctx.db.write() as tx:
        await tx.execute("update inbox_dead set retry_at = now()")
    await dead_letters.retry(ctx, seen.consumer, HOLDER)
    assert sorted(await numbers(ctx)) == [1, 2, 3]


async def test_of_a_batch_only_what_was_tried_is_counted(ctx):
    seen, outage = Recorder(), ConnectionResetError("the database")
    for number in range(1, 6):
        await set_aside(ctx, uuid7(), number, state="retrying")
        seen.fails[number] = RuntimeError("its own fault") if number < 3 else outage
    async with ctx.db.write() as tx:
        await tx.execute("update inbox_dead set retry_at = now() - interval '1 s' where version < 3")
    with pytest.raises(ConnectionResetError):
        await dead_letters.retry(ctx, seen.consumer, HOLDER)
    counted = "select array_agg(tries - excused order by version) from inbox_dead"
    assert await one(ctx.db, counted) == [1, 1, 0, 0, 0]
    assert await one(ctx.db, "select sum(tries) from inbox_dead") == 3


async def test_an_event_whose_handler_always_times_out_becomes_a_dead_letter(ctx, monkeypatch):
    monkeypatch.setattr(dead_letters, "TROUBLES", 3)
    await set_aside(ctx, uuid7(), 1, state="retrying")

    async def slow(_ctx, tx, _event, _data):
        await tx.execute("set local statement_timeout = '1ms'")
        await tx.execute("select pg_sleep(60)")

    consumer = inbox.Consumer("catalog")
    consumer.on(Counted)(slow)
    for number in range(dead_letters.TROUBLES + dead_letters.TRIES):
        assert await states(ctx) == ["retrying"]
        async with ctx.db.write() as tx:
            await tx.execute("update inbox_dead set retry_at = now()")
        with pytest.raises(asyncpg.QueryCanceledError) if number < dead_letters.TROUBLES else nullcontext():
            await dead_letters.retry(ctx, consumer, HOLDER)
    assert await states(ctx) == ["dead"]
    assert "QueryCanceledError" in await one(ctx.db, "select error from inbox_dead")


async def test_after_any_number_of_outages_the_next_try_is_a_minute_away(ctx):
    seen = Recorder()
    seen.fails[1] = Unavailable("another service")
    await set_aside(ctx, uuid7(), 1, state="retrying")
    async with ctx.db.write() as tx:
        await tx.execute("update inbox_dead set tries = 5000, excused = 5000")
    before = await one(ctx.db, "select now()")
    with pytest.raises(Unavailable):
        await dead_letters.retry(ctx, seen.consumer, HOLDER)
    minute = "select retry_at - interval '64 s' between $1::timestamptz and now() from inbox_dead"
    assert await one(ctx.db, minute, before)


async def test_an_event_waits_for_the_retry_of_its_predecessor(ctx, monkeypatch):
    """It must neither overtake it nor be set aside behind what is no longer there."""
    seen, thing = Recorder(), uuid7()
    handling, go_on = asyncio.Event(), asyncio.Event()
    handle = seen.consumer.handle

    async def slowly(*arguments):
        if arguments[2].version == 1:
            handling.set()
            await go_on.wait()
        await handle(*arguments)

    monkeypatch.setattr(seen.consumer, "handle", slowly)
    await set_aside(ctx, thing, 1, state="retrying")
    retrying = asyncio.create_task(dead_letters.retry(ctx, seen.consumer, HOLDER))
    await handling.wait()
    applying = asyncio.create_task(
        dispatcher.Dispatcher(ctx, seen.consumer, place()).apply([event(thing, 2)], careful=False)
    )
    waits = "select true from pg_stat_activity where wait_event_type = 'Lock' and query like '%inbox_cursor%'"
    await eventually(lambda: one(ctx.db, waits))
    go_on.set()
    await asyncio.gather(retrying, applying)
    assert (await numbers(ctx), await states(ctx)) == ([1, 2], [])


async def test_a_discard_during_the_apply_of_a_later_event_leaves_none_waiting(ctx):
    seen, thing = Recorder(), uuid7()
    await set_aside(ctx, thing, 1, state="dead")

    async def discarded():
        async with ctx.db.write() as tx:
            await inbox.discard(tx, "event 1")

    await asyncio.gather(
        discarded(), dispatcher.Dispatcher(ctx, seen.consumer, place()).apply([event(thing, 2)], careful=False)
    )
    while await states(ctx):
        await dead_letters.retry(ctx, seen.consumer, HOLDER)
    assert await numbers(ctx) == [2]

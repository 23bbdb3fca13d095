from __future__ import annotations

import asyncio

import asyncpg
import pytest

from chassis import outbox, telemetry
from chassis.db import retention
from chassis.testing.databases import database_name, empty_database
from chassis.tests.log.support import Counted, Said, count_up, one, opened
from chassis.values import uuid7
from chassis.worker import housekeeping


@pytest.fixture
async def ctx(postgres):
    async with opened(await empty_database(postgres, "hello", "outbox")) as ctx:
        yield ctx


@pytest.fixture
async def owner(postgres):
    connection = await asyncpg.connect(postgres.url(database_name("hello", "outbox")))
    yield connection
    await connection.close()


async def test_an_event_is_written_with_its_cause_or_not_at_all(ctx):
    aggregate_id = uuid7()
    with pytest.raises(RuntimeError):
        async with ctx.db.write() as tx:
            await outbox.publish(tx, "thing", aggregate_id, 1, Counted(1))
            raise RuntimeError("the cause fails")
    assert await one(ctx.db, "select count(*) from outbox") == 0
    telemetry.begin(None, None)
    async with ctx.db.write() as tx:
        await outbox.publish(tx, "thing", aggregate_id, 1, Counted(1))
    async with ctx.db.read() as tx:
        row = await tx.row(dict, "select type, aggregate, aggregate_id, version, trace, data from outbox")
    trace = telemetry.current_trace().traceparent
    assert row == {
        "type": "thing.counted",
        "aggregate": "thing",
        "aggregate_id": aggregate_id,
        "version": 1,
        "trace": trace,
        "data": {"number": 1},
    }


async def test_a_version_is_published_once(ctx):
    aggregate_id = await count_up(ctx.db, 1)
    with pytest.raises(asyncpg.UniqueViolationError) as refused:
        await count_up(ctx.db, 1, aggregate_id)
    assert refused.value.constraint_name == "outbox_version_once"
    assert await one(ctx.db, "select count(*) from outbox") == 1


async def test_a_transaction_notifies_listeners_once(ctx):
    heard: list[str] = []
    connection = await ctx.db.dedicated()
    await connection.add_listener(outbox.CHANNEL, lambda *said: heard.append(said[3]))
    async with ctx.db.write() as tx:
        for number in range(1, 6):
            await outbox.publish(tx, "thing", uuid7(), number, Counted(number))
    await connection.execute("select 1")
    assert heard == [""]
    await connection.close()


async def test_a_restored_dump_begins_a_new_epoch_before_everything_new(ctx, owner):
    await outbox.check_epoch(ctx.db)
    before = await one(ctx.db, "select epoch from outbox_log")
    first = await count_up(ctx.db, 2)
    await owner.execute("update outbox set xid = '9999999999'; update outbox_log set system = 'another'")
    await asyncio.gather(*(outbox.check_epoch(ctx.db) for _ in range(5)))
    after = await one(ctx.db, "select epoch from outbox_log")
    assert after != before
    await outbox.check_epoch(ctx.db)
    assert await one(ctx.db, "select epoch from outbox_log") == after
    second = await count_up(ctx.db, 1)
    order = await one(ctx.db, "select array_agg(aggregate_id order by xid, id) from outbox")
    assert order == [first, first, second]


async def test_a_new_timeline_is_reported_once_and_keeps_the_epoch(ctx, owner, monkeypatch):
    said = Said()
    monkeypatch.setattr("chassis.outbox.log._log", said)
    await outbox.check_epoch(ctx.db)
    epoch = await one(ctx.db, "select epoch from outbox_log")
    assert said.events == []
    await owner.execute("update outbox_log set timeline = '00000000'")
    for _ in range(2):
        await outbox.check_epoch(ctx.db)
    assert said.events == ["outbox.restored_or_promoted"]
    assert await one(ctx.db, "select epoch from outbox_log") == epoch


async def test_old_rows_are_deleted_in_batches_and_the_last_event_is_stored(ctx, owner, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 3)
    await count_up(ctx.db, 8)
    last = await one(ctx.db, "select max(xid::text::bigint) from outbox where version < 8")
    await owner.execute("update outbox set occurred_at = now() - interval '8 days' where version < 8")
    dead = "'p', 'thing', gen_random_uuid(), 1, 'e', 'thing.counted', now(), '{}'"
    columns = "producer, aggregate, aggregate_id, version, event_id, type, occurred_at, data"
    for state, retry_at, days in (("dead", "null", 31), ("held", "null", 400), ("retrying", "now()", 31)):
        await owner.execute(
            f"insert into inbox_dead ({columns}, state, retry_at, parked_at)"
            f" values ({dead}, '{state}', {retry_at}, now() - interval '{days} days')"
        )
    await owner.execute(
        "insert into idempotency (scope, key, request_hash, operation_id, claim, claimed_until, created_at)"
        " select 's', n::text, '', gen_random_uuid(), gen_random_uuid(), now(), now() - n * interval '1 day'"
        " from generate_series(1, 12) n"
    )
    await housekeeping.prune(ctx)
    assert await one(ctx.db, "select array_agg(version) from outbox") == [8]
    assert await one(ctx.db, "select pruned_xid::text::bigint from outbox_log") == last
    # They have not taken effect, however old they are.
    assert await one(ctx.db, "select count(*) from inbox_dead") == 3
    assert await one(ctx.db, "select max(key::int) from idempotency") == 6
    await owner.execute("update outbox_log set pruned_xid = '0', pruned_id = 0")

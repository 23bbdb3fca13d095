"""Which cursors a feed takes, and what it says of the others."""

from __future__ import annotations

import asyncpg
import pytest

from chassis import outbox
from chassis.outbox import feed
from chassis.problems import Invalid
from chassis.testing.databases import database_name
from chassis.tests.log.support import Counted, count_up, drained, node, numbers
from chassis.values import uuid7
from chassis.worker import housekeeping


@pytest.fixture
async def ctx(bench):
    async with node(bench, "feed_cursors") as ctx:
        yield ctx


@pytest.fixture
async def owner(bench, ctx):
    connection = await asyncpg.connect(bench.postgres.url(database_name("hello", "feed_cursors")))
    yield connection
    await connection.execute("update outbox_log set pruned_xid = '0', pruned_id = 0")
    await connection.close()


@pytest.mark.parametrize(
    "cursor", ["x", "1.2.3", "0" * 32 + ".1", "0" * 32 + ".9999999999999999999.1", "0" * 32 + ".-1.1"]
)
async def test_an_invalid_cursor_is_refused(ctx, cursor):
    with pytest.raises(Invalid) as refused:
        await feed.poll(ctx, cursor, 500, 0)
    assert refused.value.errors[0].field == "query.after"


async def test_a_cursor_of_another_log_or_of_an_event_that_is_not_here_is_refused(ctx, owner):
    await count_up(ctx.db, 1)
    cursor = (await drained(ctx))[0].id
    epoch, xid, number, mark = cursor.split(".")
    foreign = f"{'0' * 32}.{xid}.{number}.{mark}", f"{epoch}.{int(xid) + 1_000_000}.{number}.{mark}"
    for wrong in (*foreign, f"{epoch}.{xid}.{int(number) + 1}", f"{epoch}.{xid}.{number}.00000000"):
        with pytest.raises(feed.FeedEpochChanged):
            await feed.poll(ctx, wrong, 500, 0)
    # As it was given before cursors had a mark.
    assert await drained(ctx, f"{epoch}.{xid}.{number}") == []
    await owner.execute("update outbox_log set system = 'restored'")
    ctx.get(feed.Waiting)._listener.generation += 1
    with pytest.raises(feed.FeedEpochChanged):
        await feed.poll(ctx, cursor, 500, 0)
    assert numbers(await drained(ctx)) == [1]


async def test_a_cursor_whose_next_events_are_deleted_is_refused(ctx, owner):
    await count_up(ctx.db, 3)
    first, second, third = await drained(ctx)
    await owner.execute("update outbox set occurred_at = now() - interval '8 days' where version < 3")
    await housekeeping.prune(ctx)
    with pytest.raises(feed.FeedPruned):
        await feed.poll(ctx, first.id, 500, 0)
    assert numbers(await drained(ctx, second.id)) == [3]
    await owner.execute("update outbox set occurred_at = now() - interval '8 days'")
    await housekeeping.prune(ctx)
    assert await drained(ctx, third.id) == []


async def test_a_cursor_inside_a_partly_deleted_transaction_is_refused(ctx, owner):
    aggregate_id = uuid7()
    async with ctx.db.write() as tx:
        for number in range(1, 6):
            await outbox.publish(tx, "thing", aggregate_id, number, Counted(number))
    events = await drained(ctx)
    assert len({event.id.split(".")[1] for event in events}) == 1
    await owner.execute("update outbox set occurred_at = now() - interval '8 days' where version < 4")
    await housekeeping.prune(ctx)
    for gone in events[:2]:
        with pytest.raises(feed.FeedPruned, match="run where the poller runs"):
            await feed.poll(ctx, gone.id, 500, 0)
    assert numbers(await drained(ctx, events[2].id)) == [4, 5]
    assert numbers(await drained(ctx, events[3].id)) == [5]
    # As a log stands whose rows were deleted before the id was noted, too.
    await owner.execute("update outbox_log set pruned_id = 0")
    assert numbers(await drained(ctx, events[2].id)) == [4, 5]

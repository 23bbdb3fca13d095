"""Events set aside while everything else goes on: followers, retries, operators."""

from __future__ import annotations

import asyncio
import random

from chassis import inbox
from chassis.inbox import dead_letters
from chassis.outbox import feed
from chassis.testing import eventually
from chassis.tests.log.inbox_support import Recorder, has, numbers
from chassis.tests.log.support import count_up, node, one
from chassis.values import uuid7


async def states_in_order(ctx):
    return await one(ctx.db, "select coalesce(array_agg(state order by aggregate_id, version), '{}') from inbox_dead")


async def test_a_restart_handles_all_events_again_and_keeps_dead_letters(bench, catalog, database, quick):
    producer, url = catalog
    seen = Recorder()
    seen.fails[3] = RuntimeError("poison")
    await count_up(producer.db, 4)
    async with node(bench, "inbox", consumers=[seen.consumer], producer_url=url, url=database) as ctx:
        await eventually(lambda: one(ctx.db, "select state = 'dead' from inbox_dead where version = 3"))
        async with ctx.db.write() as tx:
            await tx.execute("update inbox_dead set event_id = 'of another log'")
            assert await inbox.restart(tx, "catalog")
            assert not await inbox.restart(tx, "elsewhere")
        await eventually(lambda: has(ctx, 4))
        assert await numbers(ctx) == [1, 2, 1, 2]
        await eventually(lambda: one(ctx.db, "select bool_and(event_id <> 'of another log') from inbox_dead"))
        assert await states_in_order(ctx) == ["dead", "held"]
        seen.fails.clear()
        async with ctx.db.write() as tx:
            assert await inbox.redrive(tx) == 1
        await count_up_after(producer)
        await eventually(lambda: has(ctx, 7))
        assert await numbers(ctx) == [1, 2, 1, 2, 3, 4, 5]


async def count_up_after(producer):
    thing = await one(producer.db, "select aggregate_id from outbox limit 1")
    await count_up(producer.db, 1, thing, first=5)


async def test_a_restart_is_not_undone_by_a_poll_that_began_before(bench, catalog, database, quick, monkeypatch):
    producer, url = catalog
    seen = Recorder()
    asked, go_on, read = asyncio.Event(), asyncio.Event(), feed.read

    async def late(db, after, *more):
        if after:
            asked.set()
            await go_on.wait()
        return await read(db, after, *more)

    await count_up(producer.db, 2)
    async with node(bench, "inbox", consumers=[seen.consumer], producer_url=url, url=database) as ctx:
        await eventually(lambda: has(ctx, 2))
        monkeypatch.setattr(feed, "read", late)
        await asked.wait()
        async with producer.db.write() as tx:
            await tx.execute("update outbox_log set epoch = replace(gen_random_uuid()::text, '-', '')")
        async with ctx.db.write() as tx:
            await inbox.restart(tx, "catalog")
        go_on.set()
        await eventually(lambda: has(ctx, 4))
        assert await numbers(ctx) == [1, 2, 1, 2]


async def test_events_of_an_aggregate_stay_in_order_under_retries_and_restarts(
    bench, catalog, database, quick, monkeypatch
):
    """Two replicas follow, every third try fails, and somebody says redrive all the time."""
    producer, url = catalog
    monkeypatch.setattr(dead_letters, "TRIES", 2)
    luck = random.Random(7)
    things, each = [uuid7() for _ in range(6)], 15

    class Unlucky(Recorder):
        async def _counted(self, *arguments):
            await super()._counted(*arguments)
            if luck.random() < 0.3:
                raise RuntimeError("unlucky")

    async def redrive_again_and_again(ctx):
        while True:
            async with ctx.db.write() as tx:
                await inbox.redrive(tx)
            await asyncio.sleep(0.02)

    one_replica, another = Unlucky(), Unlucky()
    async with (
        node(bench, "inbox", consumers=[one_replica.consumer], producer_url=url, url=database) as ctx,
        node(bench, "inbox", consumers=[another.consumer], producer_url=url, url=database),
    ):
        redriving = asyncio.create_task(redrive_again_and_again(ctx))
        for number in range(1, each + 1):
            await asyncio.gather(*(count_up(producer.db, 1, thing, first=number) for thing in things))
            if number == each // 2:
                async with ctx.db.write() as tx:
                    await tx.execute("update inbox_cursor set leased_until = now(), holder = gen_random_uuid()")
        await eventually(lambda: has(ctx, each * len(things)), 60)
        redriving.cancel()
        in_order = "select array_agg(number order by place) from effects where aggregate_id = $1"
        for thing in things:
            assert await one(ctx.db, in_order, thing) == list(range(1, each + 1))
        assert await states_in_order(ctx) == []

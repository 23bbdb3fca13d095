from __future__ import annotations

import asyncio
import time

import asyncpg
import httpx
import msgspec
import pytest

from chassis import outbox
from chassis.outbox import Event, FeedPage, feed
from chassis.testing import eventually
from chassis.testing.databases import database_name
from chassis.tests.log.support import Counted, Other, count_up, drained, node, numbers, one, serving
from chassis.values import uuid7


@pytest.fixture
async def ctx(bench):
    async with node(bench, "feed") as ctx:
        yield ctx


@pytest.fixture
async def owner(bench, ctx):
    connection = await asyncpg.connect(bench.postgres.url(database_name("hello", "feed")))
    yield connection
    await connection.close()


async def test_events_come_in_order_page_by_page(ctx):
    aggregate_id = await count_up(ctx.db, 25)
    events = await drained(ctx, limit=4)
    assert numbers(events) == list(range(1, 26))
    assert [event.version for event in events] == list(range(1, 26))
    assert {event.subject for event in events} == {f"thing:{aggregate_id}"}
    assert numbers(await drained(ctx, after=events[9].id)) == list(range(11, 26))


async def test_an_event_with_a_low_id_that_commits_late_is_not_lost(ctx):
    """The trap of every cursor by id: the later transaction gets the lower id."""
    release, inserted = asyncio.Event(), asyncio.Event()

    async def slow():
        async with ctx.db.write() as tx:
            await outbox.publish(tx, "thing", uuid7(), 1, Counted(1))
            inserted.set()
            await release.wait()

    late = asyncio.create_task(slow())
    await inserted.wait()
    await count_up(ctx.db, 1, first=2)
    assert await one(ctx.db, "select count(*) from outbox") == 1
    assert await drained(ctx) == []
    waiting = asyncio.create_task(feed.poll(ctx, "", 500, 60))
    release.set()
    await late
    began = await waiting
    assert numbers([*began.events, *await drained(ctx, began.cursor)]) == [1, 2]


async def test_a_transaction_that_takes_its_id_early_and_publishes_late_keeps_the_order_whole(ctx):
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def early():
        async with ctx.db.write() as tx:
            await tx.value("select pg_current_xact_id()")
            begun.set()
            await go_on.wait()
            await outbox.publish(tx, "thing", uuid7(), 1, Counted(1))

    task = asyncio.create_task(early())
    await begun.wait()
    await count_up(ctx.db, 3, first=2)
    assert await drained(ctx) == []
    go_on.set()
    await task
    assert numbers(await drained(ctx)) == [1, 2, 3, 4]


async def test_concurrent_publishers_lose_nothing_under_a_reader(ctx):
    async def publisher(base):
        for number in range(base, base + 40):
            async with ctx.db.write() as tx:
                await outbox.publish(tx, "thing", uuid7(), 1, Counted(number))

    publishers = asyncio.gather(*(publisher(base) for base in range(0, 240, 40)))
    seen: list[Event] = []
    cursor = ""
    while len(seen) < 240:
        page = await feed.poll(ctx, cursor, 7, 60)
        assert page.events, "nothing more came"
        seen += page.events
        cursor = page.cursor
    await publishers
    assert sorted(numbers(seen)) == list(range(240))
    assert len({event.id for event in seen}) == 240
    for base in range(0, 240, 40):
        own = [number for number in numbers(seen) if base <= number < base + 40]
        assert own == sorted(own)


async def test_a_long_poll_looks_again_while_an_older_transaction_runs(ctx, owner, monkeypatch):
    """The event is there, but must wait for what may still come before it; nobody rings when that ends."""
    looks, read = [], feed.read

    async def counted(*arguments):
        looks.append(1)
        return await read(*arguments)

    monkeypatch.setattr(feed, "read", counted)
    older = owner.transaction()
    await older.start()
    await owner.fetchval("select pg_current_xact_id()")
    await count_up(ctx.db, 1)
    poll = asyncio.create_task(feed.poll(ctx, "", 500, 60))
    await eventually(lambda: len(looks) >= 3)
    assert not poll.done()
    await older.commit()
    assert numbers((await poll).events) == [1]


async def test_a_long_poll_is_woken_by_the_event(ctx):
    waiting = [asyncio.create_task(feed.poll(ctx, "", 500, 60)) for _ in range(5)]
    await asyncio.sleep(0)
    await eventually(lambda: len(ctx.get(feed.Waiting).signal.next()._waiters) == 5)
    await count_up(ctx.db, 1)
    pages = await asyncio.gather(*waiting)
    assert [numbers(page.events) for page in pages] == [[1]] * 5


async def test_a_long_poll_without_events_ends_in_time_and_at_the_stop(ctx, bench):
    began = time.monotonic()
    page = await feed.poll(ctx, "", 500, 0.2)
    assert page.events == []
    assert page.cursor == ""
    assert time.monotonic() - began >= 0.2
    async with node(bench, "feed_stopping") as stopping:
        waiting = asyncio.create_task(feed.poll(stopping, "", 500, 60))
        await eventually(lambda: stopping.get(feed.Waiting).signal.next()._waiters)
        stopping.get(feed.Waiting).close()
        assert (await waiting).events == []


async def test_only_events_of_the_requested_types_are_returned(ctx):
    await count_up(ctx.db, 10)
    passed = await feed.poll(ctx, "", 3, 0.1, ["thing.other"])
    for _ in range(4):  # what the first did not reach in its time
        assert passed.events == []
        passed = await feed.poll(ctx, passed.cursor, 3, 0, ["thing.other"])
    everything = await drained(ctx)
    assert passed.cursor == everything[-1].id
    waiting = asyncio.create_task(feed.poll(ctx, passed.cursor, 3, 60, ["thing.other", "thing.more"]))
    await count_up(ctx.db, 5)
    async with ctx.db.write() as tx:
        await outbox.publish(tx, "thing", uuid7(), 1, Other())
    page = await waiting
    assert [event.type for event in page.events] == ["thing.other"]
    assert page.cursor == page.events[0].id


async def test_a_big_page_is_cut_but_never_empty(ctx, monkeypatch):
    await count_up(ctx.db, 3)
    monkeypatch.setattr(feed, "PAGE_BYTES", 1)
    found = await feed.read(ctx.db, "", 500)
    assert (numbers(found.page.events), found.more) == ([1], True)
    assert numbers(await drained(ctx)) == [1, 2, 3]


async def test_the_route_is_for_callers_that_may_follow(ctx, bench):
    await count_up(ctx.db, 2)
    token = {"Authorization": f"Bearer {bench.keyring.service_token('orders', 'catalog')}"}
    async with serving(ctx, bench) as url, httpx.AsyncClient(base_url=url, timeout=60) as client:
        assert (await client.get("/internal/feed")).status_code == 401
        answered = await client.get("/internal/feed", headers=token, params={"limit": 1})
        assert answered.status_code == 200
        page = msgspec.json.decode(answered.content, type=FeedPage)
        assert numbers(page.events) == [1]
        assert page.cursor == page.events[0].id
        answered = await client.get("/internal/feed", headers=token, params={"after": page.cursor, "wait": 0.1})
        assert numbers(msgspec.json.decode(answered.content, type=FeedPage).events) == [2]

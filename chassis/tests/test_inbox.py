from __future__ import annotations

import asyncio
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime

import asyncpg
import msgspec
import pytest

from chassis import applier, faults, feed, follower, inbox, outbox, parking, telemetry
from chassis.events import Event
from chassis.ids import uuid7
from chassis.inbox import Consumer
from chassis.testing import eventually
from chassis.testing.databases import database_name, empty_database
from chassis.testing.servers import child_process, free_port
from chassis.tests import log_process
from chassis.tests.log_support import Counted, Other, Said, count_up, node, one, opened, pipes_of, serving

EFFECTS = """
create table if not exists effects (
    place bigint generated always as identity primary key, aggregate_id uuid not null, number bigint not null
)
"""


@pytest.fixture
def quick(monkeypatch):
    """Time in small pieces."""
    for module in (applier, follower):
        monkeypatch.setattr(module, "LEASE_SECONDS", 1.0)
    monkeypatch.setattr(follower, "RENEW_SECONDS", 0.2)
    monkeypatch.setattr(follower, "WAIT_SECONDS", 0.3)
    monkeypatch.setattr(follower, "STANDBY_SECONDS", 0.05)
    monkeypatch.setattr(parking, "_PARK", parking._PARK.replace("'1 second'", "'1 millisecond'"))
    monkeypatch.setattr(parking, "_DUE", parking._DUE.replace("least(2.0 ^ (tries + 1), 60)", "0.001"))
    yield
    faults.configure("")


@pytest.fixture
async def catalog(bench):
    """The producer, with its feed on a port: (context, URL)."""
    async with node(bench, "producer") as ctx, serving(ctx, bench) as url:
        yield ctx, url


@pytest.fixture
async def database(bench):
    """The consumer's, with a table for effects."""
    url = await empty_database(bench.postgres, "hello", "inbox")
    owner = await asyncpg.connect(bench.postgres.url(database_name("hello", "inbox")))
    await owner.execute(EFFECTS)
    await owner.execute("truncate effects restart identity")
    await owner.close()
    return url


class Recorder:
    """A consumer that writes each number down, and may be told to fail at some."""

    def __init__(self) -> None:
        self.consumer = Consumer("catalog")
        self.consumer.on(Counted)(self._counted)
        self.fails: dict[int, Exception] = {}
        self.tries: list[int] = []
        self.traces: list[str] = []

    async def _counted(self, _ctx, tx, event: Event, data: Counted) -> None:
        self.tries.append(data.number)
        self.traces.append(telemetry.current_trace().trace_id)
        await tx.execute("insert into effects (aggregate_id, number) values ($1, $2)", event.aggregate_id, data.number)
        if data.number in self.fails:
            raise self.fails[data.number]


@contextmanager
def process(database, url, bench, failpoints=""):
    """A follower that can be killed."""
    key = bench.keyring.key_file("orders")
    argv = [sys.executable, "-m", "chassis.tests.log_process", database, failpoints, url, str(key)]
    with child_process(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as running, pipes_of(running):
        yield running


async def numbers(ctx):
    return await one(ctx.db, "select coalesce(array_agg(number order by place), '{}') from effects")


async def has(ctx, count):
    return await one(ctx.db, "select count(*) >= $1 from effects", count)


async def states(ctx):
    return await one(ctx.db, "select coalesce(array_agg(state order by event_id), '{}') from inbox_dead")


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


async def test_a_poison_event_stops_only_its_own_aggregate(bench, catalog, database, quick):
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
        assert seen.tries.count(2) >= parking.TRIES
        assert await one(ctx.db, "select tries from inbox_dead where state = 'dead'") == parking.TRIES
        assert await one(ctx.db, "select error from inbox_dead where state = 'dead'") == "RuntimeError: poison"
        assert await states(ctx) == ["dead", "held", "held"]
        await eventually(lambda: follower._dead.child(("catalog",))._value.get() == 3)
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


async def is_dead(ctx):
    return await one(ctx.db, "select exists (select from inbox_dead where state = 'dead')")


async def test_a_passing_failure_is_made_up_for(bench, catalog, database, quick):
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


async def test_what_fails_at_the_commit_is_found_by_halving(bench, catalog, database, quick):
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


async def test_a_handler_that_only_meets_trouble_is_at_fault_in_the_end(bench, catalog, database, quick):
    producer, url = catalog
    seen = Recorder()
    seen.fails[3] = TimeoutError("as if the database were slow")
    for number in range(1, 6):
        await count_up(producer.db, 1, first=number)
    async with node(bench, "inbox", consumers=[seen.consumer], producer_url=url, url=database) as ctx:
        await eventually(lambda: has(ctx, 4))
        assert await numbers(ctx) == [1, 2, 4, 5]
        assert await one(ctx.db, "select count(*) from inbox_dead") == 1
        await eventually(lambda: seen.tries.count(3) > applier.TROUBLE_FAILED + 2)


async def test_an_event_that_kills_its_process_is_given_up(bench, catalog, database, quick):
    producer, url = catalog
    await count_up(producer.db, 3)
    async with producer.db.write() as tx:
        await outbox.publish(tx, "thing", uuid7(), 1, Counted(log_process.KILLER))
    await count_up(producer.db, 3, first=4)
    deaths = 0
    async with opened(database) as ctx:
        while not await has(ctx, 6):
            with process(database, url, bench) as doomed:
                await eventually(lambda: ended_or_done(doomed, ctx), timeout=30)
                deaths += doomed.poll() is not None
        assert await numbers(ctx) == [1, 2, 3, 4, 5, 6]
        assert await states(ctx) == ["dead"]
        assert deaths == applier.CRASHES + 1


async def ended_or_done(running, ctx):
    return running.poll() is not None or await has(ctx, 6)


PARKED = """
insert into inbox_dead (producer, aggregate, aggregate_id, version, event_id, type, occurred_at, data, state, tries,
                        retry_at)
values ('catalog', 'thing', $1, 1, 'e', 'thing.counted', now(), '{"number": 1}', 'retrying', $2, now())
"""


async def test_an_event_that_killed_its_process_at_every_retry_is_given_up(database):
    seen, holder = Recorder(), uuid7()
    async with opened(database) as ctx:
        async with ctx.db.write() as tx:
            await tx.execute("insert into inbox_cursor (producer, holder) values ('catalog', $1)", holder)
            await tx.execute(PARKED, uuid7(), parking.TRIES)
        await parking.retry(ctx, seen.consumer, holder)
        assert await states(ctx) == ["dead"]
        assert "died" in await one(ctx.db, "select error from inbox_dead")
    assert seen.tries == []


async def test_only_the_holder_of_the_lease_retries(database):
    seen, holder = Recorder(), uuid7()
    async with opened(database) as ctx:
        async with ctx.db.write() as tx:
            await tx.execute("insert into inbox_cursor (producer, holder) values ('catalog', $1)", holder)
            await tx.execute(PARKED, uuid7(), 1)
        await parking.retry(ctx, seen.consumer, uuid7())
        assert (seen.tries, await states(ctx)) == ([], ["retrying"])
        async with ctx.db.write() as tx:
            await tx.execute("update inbox_dead set retry_at = now()")
        seen.fails[1] = TimeoutError("the database, it seems")
        with pytest.raises(TimeoutError):
            await parking.retry(ctx, seen.consumer, holder)
        assert (seen.tries, await states(ctx)) == ([1], ["retrying"])
        seen.fails.clear()
        async with ctx.db.write() as tx:
            await tx.execute("update inbox_dead set retry_at = now()")
        await parking.retry(ctx, seen.consumer, holder)
        assert (await numbers(ctx), await states(ctx)) == ([1], [])


async def test_after_a_death_events_are_handled_one_by_one_and_the_suspect_is_given_up(bench, catalog, database, quick):
    producer, url = catalog
    seen = Recorder()
    seen.fails[2] = RuntimeError("it fails too")
    for number in (1, 2, 3):
        await count_up(producer.db, 1, first=number)
    page, _pending = await feed.read(producer.db, "", 1)
    async with opened(database) as ctx, ctx.db.write() as tx:
        await tx.execute(
            "insert into inbox_cursor (producer, holder, suspect, suspect_tries) values ('catalog', $1, $2, $3)",
            *(uuid7(), page.events[0].id, applier.CRASHES),
        )
    async with node(bench, "inbox", consumers=[seen.consumer], producer_url=url, url=database) as ctx:
        await eventually(lambda: has(ctx, 1))
        assert await numbers(ctx) == [3]
        assert await one(ctx.db, "select state from inbox_dead where data ->> 'number' = '1'") == "dead"
        seen.fails.clear()
        await eventually(lambda: has(ctx, 2))
        assert await numbers(ctx) == [3, 2]


async def test_of_many_who_ask_for_a_free_lease_one_gets_it(database, monkeypatch):
    monkeypatch.setattr(follower, "_TAKEN", "select false where $1 = '' and $2::uuid is null")
    async with opened(database) as ctx:
        asking = [follower.Follower(ctx, Recorder().consumer)._lease() for _ in range(8)]
        got = await asyncio.gather(*asking, return_exceptions=True)
    assert sum(isinstance(result, follower.Held) for result in got) == 1
    assert sum(isinstance(result, applier.Lost) for result in got) == 7


async def test_nobody_applies_without_the_lease(database):
    seen = Recorder()
    event = Event("e", "thing.counted", "thing", uuid7(), 1, datetime.now(UTC), None, msgspec.Raw(b'{"number": 1}'))
    async with opened(database) as ctx:
        await one(ctx.db, "select 1")
        for careful in (True, False):
            with pytest.raises(applier.Lost):
                await applier.Applier(ctx, seen.consumer, applier.Place("catalog")).apply([event], careful=careful)
    assert seen.tries == []


@pytest.mark.parametrize("place", ["before", "after"])
async def test_a_death_at_the_commit_loses_and_doubles_nothing(bench, catalog, database, quick, place):
    producer, url = catalog
    await count_up(producer.db, 30)
    with process(database, url, bench, f"inbox.{place}_commit=kill") as doomed:
        await asyncio.to_thread(doomed.wait, 20)
    seen = Recorder()
    async with node(bench, "inbox", consumers=[seen.consumer], producer_url=url, url=database) as ctx:
        await eventually(lambda: has(ctx, 30))
        await count_up(producer.db, 1, first=31)
        await eventually(lambda: has(ctx, 31))
        assert await numbers(ctx) == list(range(1, 32))
    assert seen.tries == (list(range(1, 32)) if place == "before" else [31])


async def test_two_compete_over_20000_events_and_one_is_killed(bench, catalog, database, quick):
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
            await eventually(lambda: has(ctx, 1), timeout=20)
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


async def test_a_producer_that_is_down_is_waited_for(bench, database, quick):
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
            await eventually(lambda: has(ctx, 4), timeout=20)


async def test_a_database_that_goes_away_is_waited_for(bench, catalog, database, quick):
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


async def test_a_restored_producer_stops_the_following_until_somebody_decides(bench, catalog, database, quick):
    producer, url = catalog
    seen = Recorder()
    await count_up(producer.db, 2)
    async with node(bench, "inbox", consumers=[seen.consumer], producer_url=url, url=database) as ctx:
        await eventually(lambda: has(ctx, 2))
        async with producer.db.write() as tx:
            await tx.execute("update outbox_log set epoch = replace(gen_random_uuid()::text, '-', '')")
        halted = await eventually(lambda: one(ctx.db, "select halted from inbox_cursor"))
        assert halted.startswith("feed-epoch-changed")
        await eventually(lambda: follower._halted.child(("catalog",))._value.get() == 1)
        await count_up(producer.db, 1, first=3)
        assert await numbers(ctx) == [1, 2]
        async with ctx.db.write() as tx:
            await inbox.restart(tx, "catalog")
        await eventually(lambda: has(ctx, 5))
        assert await numbers(ctx) == [1, 2, 1, 2, 3]
        assert await one(ctx.db, "select halted from inbox_cursor") is None


async def test_a_producer_that_refuses_is_asked_again(bench, database, quick, monkeypatch):
    seen, said = Recorder(), Said()
    monkeypatch.setattr(follower, "_log", said)
    async with node(bench, "producer") as producer, serving(producer, bench) as url:
        await count_up(producer.db, 1)
        async with node(bench, "inbox", consumers=[seen.consumer], producer_url=url, url=database) as ctx:
            await eventually(lambda: has(ctx, 1))
            async with ctx.db.write() as tx:
                await tx.execute("update inbox_cursor set cursor = 'nonsense'")
            await eventually(lambda: "inbox.waiting" in said.events)
            async with ctx.db.write() as tx:
                await inbox.restart(tx, "catalog")
            await eventually(lambda: has(ctx, 2))


async def test_a_bug_in_the_following_itself_does_not_end_it(bench, catalog, database, quick, monkeypatch):
    producer, url = catalog
    seen = Recorder()
    whole, broken = follower._LEASE, "select no_such_column"
    async with node(bench, "inbox", consumers=[seen.consumer], producer_url=url, url=database) as ctx:
        await eventually(lambda: one(ctx.db, "select true from inbox_cursor"))
        monkeypatch.setattr(follower, "_LEASE", broken)
        await eventually(lambda: one(ctx.db, "select leased_until < now() from inbox_cursor"))
        await count_up(producer.db, 1)
        monkeypatch.setattr(follower, "_LEASE", whole)
        await eventually(lambda: has(ctx, 1))


def test_data_is_read_by_the_consumers_own_shape():
    assert msgspec.json.decode(b'{"number": 3, "more": true}', type=Counted) == Counted(3)

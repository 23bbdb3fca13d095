"""Migrations that were interrupted, run beside one another, or wait for others' transactions."""

from __future__ import annotations

import asyncio
import hashlib

import asyncpg
import pytest

from chassis.db import migrate
from chassis.testing import eventually
from chassis.tests.test_migrate import package, query, url, write

__all__ = ["package", "url"]

THINGS = (
    "create table things (id int primary key, n int); insert into things select g, g % 9 from generate_series(1, 25) g"
)
INDEX = "-- no-transaction\ncreate {} index concurrently if not exists things_n on things (n)"
WAITING = "select 1 from pg_locks where waitstart < clock_timestamp() - interval '1500 ms'"
VALID = "select indisvalid from pg_index where indexrelid = 'things_n'::regclass"


async def test_two_runs_at_once_make_an_index_concurrently(package, url):
    write(package, "0001_things.sql", THINGS)
    await migrate.migrate(url, package.name)
    write(package, "0002_index.sql", INDEX.format(""))
    runs = await asyncio.gather(*(migrate.migrate(url, package.name) for _ in range(3)))
    assert sorted(map(len, runs)) == [0, 0, 1]
    assert await query(url, VALID) == [(True,)]


async def test_an_index_that_was_left_invalid_is_made_again(package, url):
    write(package, "0001_things.sql", THINGS)
    write(package, "0002_index.sql", INDEX.format("unique"))
    with pytest.raises(migrate.MigrationError, match="0002_index failed"):
        await migrate.migrate(url, package.name)
    assert await query(url, VALID) == [(False,)]
    await query(url, "delete from things where id > 9")
    assert await migrate.migrate(url, package.name) == [f"{package.name}/0002_index"]
    assert await query(url, VALID) == [(True,)]


async def test_an_index_waits_for_a_long_transaction_and_is_whole(package, url):
    write(package, "0001_things.sql", THINGS)
    await migrate.migrate(url, package.name)
    write(package, "0002_index.sql", INDEX.format(""))
    holder = await asyncpg.connect(url)
    transaction = holder.transaction()
    await transaction.start()
    await holder.execute("update things set n = 1 where id = 1")
    task = asyncio.create_task(migrate.migrate(url, package.name))
    await eventually(lambda: query(url, WAITING))
    await query(url, "update things set n = 2 where id = 2")
    await transaction.rollback()
    await holder.close()
    await task
    assert await query(url, VALID) == [(True,)]


async def test_a_file_in_batches_is_run_until_it_changes_nothing(package, url):
    write(package, "0001_things.sql", THINGS)
    rows = "select id from things where n <> 0 order by id limit 10"
    write(package, "0002_zero.sql", f"-- in-batches\nupdate things set n = 0 where id in ({rows})")
    await migrate.migrate(url, package.name)
    assert await query(url, "select count(*) from things where n <> 0") == [(0,)]
    assert await query(url, "select count(distinct xmin::text) >= 3 from things") == [(True,)]


async def test_a_file_may_take_the_place_of_one_that_was_applied(package, url):
    write(package, "0001_things.sql", THINGS)
    await migrate.migrate(url, package.name)
    was = hashlib.sha256(THINGS.encode()).hexdigest()
    write(package, "0001_things.sql", f"-- was {was}\n{THINGS} -- and quicker")
    assert await migrate.migrate(url, package.name) == []


async def test_it_stops_after_the_last_that_is_wanted(package, url):
    write(package, "0001_things.sql", THINGS)
    write(package, "0002_more.sql", "alter table things add column note text")
    last = f"{package.name}/0001_things"
    assert (await migrate.migrate(url, package.name, last=last))[-1] == last
    assert await migrate.migrate(url, package.name) == [f"{package.name}/0002_more"]

"""The database of a test is as it was made, whatever the test before left in it."""

from __future__ import annotations

import asyncpg
import pytest

from chassis.testing.databases import database_name, empty_database

JOBS = "insert into jobs (name, payload) select 'x', '{}' from generate_series(1, $1::int) returning id"


@pytest.mark.parametrize(("rows", "analysed"), [(3, False), (3, True), (5000, False)])
async def test_rows_go_and_numbers_begin_anew(bench, rows, analysed):
    await empty_database(bench.postgres, "hello", "emptied")
    connection = await asyncpg.connect(bench.postgres.url(database_name("hello", "emptied")))
    epochs = await connection.fetch("select * from outbox_log")
    await connection.execute("delete from outbox_log")
    assert len(await connection.fetch(JOBS, rows)) == rows
    if analysed:
        await connection.execute("analyze jobs")
    await empty_database(bench.postgres, "hello", "emptied")
    assert await connection.fetchval("select count(*) from jobs") == 0
    assert await connection.fetchval("select reltuples from pg_class where relname = 'jobs'") == -1
    assert await connection.fetchval("select pg_relation_size('jobs')") <= 128 * 1024
    assert await connection.fetchval(JOBS, 1) == 1
    assert await connection.fetch("select * from outbox_log") == epochs
    await connection.close()

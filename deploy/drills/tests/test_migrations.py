from __future__ import annotations

from collections import Counter

import asyncpg
import pytest

from chassis.db.migrate import find
from chassis.testing import eventually
from chassis.testing.databases import database_name, empty_database
from deploy.drills import fill
from deploy.drills.migrations import EXEMPT, Result
from deploy.drills.statements import Outcome, under_load
from mercat.config import services
from mercat.installation import locate

NAMES = [spec.name for spec in services.with_database(services.discover(locate().root))]


@pytest.mark.parametrize(
    ("load", "invalid", "words"),
    [
        (Outcome(9, longest_wait=1.1), [], "waited 1.1 s"),
        (Outcome(9, Counter(QueryCanceledError=2)), [], "2 statements failed"),
        (Outcome(9), ["things_n"], "left invalid: things_n"),
    ],
)
def test_what_a_migration_must_not_do_is_a_complaint(load, invalid, words):
    (found,) = Result("shop/0002_bad", ["things"], 9, 3, 1.0, load, invalid).complaints
    assert words in found
    assert Result("shop/0002_good", ["things"], 9, 3, 1.0, Outcome(9, longest_wait=0.9), []).complaints == []


def test_tables_in_comments_and_texts_are_not_touched():
    sql = "-- not orders\nalter table carts add column payments_note text default 'jobs'; create index on stock (id)"
    assert fill.touched(sql, {"orders", "carts", "payments", "jobs", "stock"}) == ["carts", "stock"]


@pytest.mark.parametrize("name", NAMES)
async def test_every_table_that_a_migration_touches_can_be_filled_read_and_written(name, bench):
    await empty_database(bench.postgres, name, "drill")
    url = bench.postgres.url(database_name(name, "drill"))
    connection = await asyncpg.connect(url)
    try:
        made: set[str] = set()
        wanted: set[str] = set()
        for migration in find(name):
            touched = set(fill.touched(migration.sql, made))
            wanted |= set() if migration.name in EXEMPT else touched - fill.SMALL
            made |= {each for each in await fill.tables(connection) if f"create table {each} " in migration.sql}
        assert wanted <= fill.ROWS.keys(), "fill these tables in deploy/drills/fill.py, or say that they stay small"
        for table in wanted:
            await fill.fill(connection, table, 10)
            assert await connection.fetchval(f"select count(*) from {table}") == 10
    finally:
        await connection.close()
    async with under_load(url, sorted(wanted)) as load:
        await eventually(lambda: load.statements >= 8 * len(wanted), what="the statements")
    assert not load.failed

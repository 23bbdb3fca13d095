"""On a real PostgreSQL: a table as it was released, a change, and what the old code runs into."""

from __future__ import annotations

import asyncpg
import pytest

from tools.release import database

OLD = """
create table things (id bigint primary key, kind text not null check (kind in ('a', 'b')), size integer, note text);
create table spare (id bigint primary key);
insert into things values (1, 'a', 5, 'x')
"""
STATEMENTS = [
    "select id, size from things where kind = $1",
    "insert into things (id, kind) values ($1, $2)",
    "select a sentence, from here",
]
NAMED = {"things", "id", "kind", "size", "note"}

BREAKING = {
    "alter table things drop column size": "things.size is gone",
    "alter table things rename column note to remark": "things.note is gone",
    "drop table things": "things.id is gone",
    "alter table things alter column size type text": "things.size was integer and is text",
    "alter table things alter column size type bigint": "a statement was (text) -> id int8, size int4",
    "alter table things add column weight integer not null default 0; "
    "alter table things alter column weight drop default": "things.weight must be given now",
    "alter table things alter column note set not null": "things.note must be given now",
    "alter table things alter column note set default ''; "
    "alter table things alter column note set not null": "things.note may no longer be null",
    "alter table things add constraint small check (size < 3) not valid": "things: small is new",
    "create unique index once on things (note)": "things: once is new",
    "alter table things drop constraint things_kind_check; "
    "alter table things add constraint things_kind_check check (kind in ('a'))": "things: things_kind_check is new",
    "alter table things add column weight integer not null default 0; "
    "alter table things add constraint heavy check (weight > 0) not valid": "things: heavy refuses rows",
}
FINE = [
    "drop table spare",
    "alter table things add column weight integer not null default 0 check (weight >= 0)",
    "alter table things add column more text, add constraint x check (size is null or more is null) not valid",
    "create table more (id bigint primary key, kind text not null)",
    "create index faster on things (note)",
    (
        "alter table things drop constraint things_kind_check; "
        "alter table things add constraint things_kind_check check (kind in ('a', 'b', 'c')) not valid"
    ),
]


@pytest.fixture
async def url(postgres):
    connection = await asyncpg.connect(postgres.url("postgres"))
    if not await connection.fetchval("select true from pg_database where datname = 'compared'"):
        await connection.execute("create database compared")
    await connection.close()
    return postgres.url("compared")


async def after(url, change):
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("drop schema public cascade; create schema public")
        await connection.execute(OLD)
        before = await database.read(connection, STATEMENTS)
        assert set(before.shapes) == set(STATEMENTS[:2])
        await connection.execute(change)
        found = await database.read(connection, list(before.shapes))
        return await database.compared(connection, before, found, NAMED)
    finally:
        await connection.close()


@pytest.mark.parametrize("change", BREAKING)
async def test_what_the_old_code_runs_into_is_told(url, change):
    told = await after(url, change)
    assert any(each.startswith(BREAKING[change]) for each in told), told


@pytest.mark.parametrize("change", FINE)
async def test_what_the_old_code_does_not_notice_is_fine(url, change):
    assert await after(url, change) == []


def test_the_code_of_a_release_is_read_wherever_it_lies(tmp_path):
    tree = tmp_path / "tests" / "migrations"
    for name in ("chassis/a.py", "chassis/tests/b.py", "services/shop/migrations/0001.sql"):
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(f"in_{(tree / name).stem}")
    assert database.words(tree, "shop") == {"in_a"}

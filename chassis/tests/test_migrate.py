from __future__ import annotations

import asyncio
import sys

import asyncpg
import pytest

from chassis.db import migrate
from chassis.db.roles import RolesError


@pytest.fixture
def package(tmp_path, monkeypatch):
    """An importable package with an empty folder of migrations, known to this test alone."""
    name = f"shop_{tmp_path.name.replace('-', '_')}"
    folder = tmp_path / name
    (folder / "migrations").mkdir(parents=True)
    (folder / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    return folder


@pytest.fixture
async def url(postgres):
    connection = await asyncpg.connect(postgres.url("postgres"))
    await connection.execute("drop database if exists migrate_test with (force)")
    await connection.execute("create database migrate_test")
    if not await connection.fetchval("select true from pg_roles where rolname = 'clerk'"):
        await connection.execute("create role clerk login")
    await connection.close()
    return postgres.url("migrate_test")


def write(package, name: str, sql: str) -> None:
    (package / "migrations" / name).write_text(sql)


async def query(url: str, sql: str):
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetch(sql)
    finally:
        await connection.close()


async def test_each_file_is_applied_once_and_in_order(package, url):
    write(package, "0002_more.sql", "alter table things add column note text")
    write(package, "0001_things.sql", "create table things (id int primary key)")
    applied = await migrate.migrate(url, package.name)
    assert applied[-2:] == [f"{package.name}/0001_things", f"{package.name}/0002_more"]
    assert await migrate.migrate(url, package.name) == []


async def test_concurrent_runs_apply_each_file_once(package, url):
    write(package, "0001_things.sql", "create table things (id int primary key)")
    both = await asyncio.gather(*(migrate.migrate(url, package.name) for _ in range(2)))
    assert min(map(len, both)) == 0


async def test_a_failing_file_leaves_nothing_and_is_named(package, url):
    write(package, "0001_things.sql", "create table things (id int primary key); select nonsense")
    with pytest.raises(migrate.MigrationError, match="0001_things failed"):
        await migrate.migrate(url, package.name)
    assert await query(url, "select to_regclass('things')") == [(None,)]


async def test_a_changed_file_is_refused(package, url):
    write(package, "0001_things.sql", "create table things (id int primary key)")
    await migrate.migrate(url, package.name)
    write(package, "0001_things.sql", "create table other (id int primary key)")
    with pytest.raises(migrate.MigrationError, match="was changed after it was applied"):
        await migrate.migrate(url, package.name)


async def test_a_wrong_file_name_is_refused(package):
    write(package, "1_things.sql", "select 1")
    with pytest.raises(migrate.MigrationError, match="NNNN_what"):
        migrate.find(package.name)


async def test_a_last_migration_that_there_is_not_is_refused_before_any_is_applied(package, url):
    write(package, "0001_a.sql", "create table things (id int)")
    with pytest.raises(migrate.MigrationError, match="There is no migration x/0001_a"):
        await migrate.migrate(url, package.name, last="x/0001_a")
    assert await query(url, "select to_regclass('things') is null")


async def test_a_marked_file_runs_without_a_transaction(package, url):
    write(package, "0001_things.sql", "create table things (id int primary key, note text)")
    write(package, "0002_index.sql", "-- no-transaction\ncreate index concurrently things_note on things (note)")
    await migrate.migrate(url, package.name)
    assert await query(url, "select to_regclass('things_note')::text") == [("things_note",)]


async def test_the_running_service_may_change_rows_but_no_table(package, url, postgres):
    write(package, "0001_things.sql", "create table things (id int generated always as identity primary key, n int)")
    await migrate.migrate(url, package.name, runtime_role="clerk")
    clerk = await asyncpg.connect(postgres.url("migrate_test", user="clerk"))
    await clerk.execute("insert into things (n) values (1)")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await clerk.execute("drop table things")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await clerk.execute("create table others (id int)")
    await clerk.close()


async def test_a_role_that_is_no_name_is_refused(package, url):
    with pytest.raises(RolesError, match="not a plain name"):
        await migrate.migrate(url, package.name, runtime_role='x"; drop table things')


async def test_pending_lists_files_that_are_not_applied(package, url):
    write(package, "0001_things.sql", "create table things (id int primary key)")
    connection = await asyncpg.connect(url)
    assert f"{package.name}/0001_things" in await migrate.pending(connection.fetchval, package.name)
    await migrate.migrate(url, package.name)
    assert await migrate.pending(connection.fetchval, package.name) == []
    write(package, "0002_more.sql", "select 1")
    assert await migrate.pending(connection.fetchval, package.name) == [f"{package.name}/0002_more"]
    await connection.close()


async def test_a_held_lock_is_waited_for_in_short_steps(package, url, monkeypatch):
    write(package, "0001_things.sql", "create table things (id int primary key)")
    await migrate.migrate(url, package.name)
    write(package, "0002_more.sql", "alter table things add column note text")
    holder = await asyncpg.connect(url)
    transaction = holder.transaction()
    await transaction.start()
    await holder.execute("lock table things in access share mode")
    task = asyncio.create_task(migrate.migrate(url, package.name))
    while not await query(url, "select 1 from pg_stat_activity where wait_event_type = 'Lock'"):  # noqa: ASYNC110 -- the database has no event for it
        await asyncio.sleep(0.02)
    while await query(url, "select 1 from pg_stat_activity where wait_event_type = 'Lock'"):  # noqa: ASYNC110 -- see above
        await asyncio.sleep(0.02)
    await transaction.rollback()
    await holder.close()
    assert await task == [f"{package.name}/0002_more"]


async def test_a_lock_that_is_never_free_is_reported(package, url):
    write(package, "0001_things.sql", "create table things (id int primary key)")
    await migrate.migrate(url, package.name)
    holder = await asyncpg.connect(url)
    transaction = holder.transaction()
    await transaction.start()
    await holder.execute("lock table things in access share mode")
    blocked = migrate.Migration("shop/0002_more", "set local lock_timeout = '5ms'; alter table things add column b int")
    connection = await asyncpg.connect(url)
    with pytest.raises(migrate.MigrationError, match="could not get its lock in 2 tries"):
        await migrate._apply(connection, blocked, tries=2)
    await connection.close()
    await transaction.rollback()
    await holder.close()


@pytest.mark.parametrize(("url_set", "words"), [(True, "migrations applied"), (False, "DATABASE_URL is needed")])
async def test_the_command_needs_a_url_and_reports_applied_files(package, url, monkeypatch, capsys, url_set, words):
    write(package, "0001_things.sql", "create table things (id int primary key)")
    monkeypatch.setattr(sys, "argv", ["migrate", package.name])
    monkeypatch.delenv("DATABASE_URL", raising=False)
    if url_set:
        monkeypatch.setenv("DATABASE_URL", url)
        await asyncio.to_thread(migrate.main)
        assert words in capsys.readouterr().out
        await asyncio.to_thread(migrate.main)
        assert "up to date" in capsys.readouterr().out
    else:
        with pytest.raises(SystemExit, match=words):
            migrate.main()


async def test_the_command_reports_the_failed_file(package, url, monkeypatch):
    write(package, "0001_things.sql", "select nonsense")
    monkeypatch.setattr(sys, "argv", ["migrate", package.name])
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(SystemExit, match="0001_things failed"):
        await asyncio.to_thread(migrate.main)

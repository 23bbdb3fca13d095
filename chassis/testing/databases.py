"""A migrated, empty database for a package: made once a test process, emptied before each use."""

from __future__ import annotations

import os
from collections.abc import Iterable

import asyncpg

from chassis.config import service_spec
from chassis.db.migrate import migrate
from local_servers import embedded

RUNTIME_ROLE = "service_runtime"
# Of each database, the tables that hold rows after migrating, with these rows as JSON: they are part of the schema.
_prepared: dict[str, dict[str, str]] = {}

_LARGE_BYTES = 128 * 1024
# The filled ones, and which of them are to be truncated: the planner keeps what it was told of a table by `analyze`.
_FILLED = """
select relname as name, pg_relation_size(oid) > {bytes} or reltuples >= 0 as whole
from pg_class where oid = '"{table}"'::regclass and exists (select from "{table}")
"""
# As `truncate ... restart identity` does: of the sequences that belong to a column of the table.
_RESTART = """
select setval(s.seqrelid::regclass, s.seqstart, false) from pg_depend d join pg_sequence s on s.seqrelid = d.objid
where d.refobjid = '"{table}"'::regclass and d.refobjsubid > 0 and d.deptype in ('a', 'i')
"""
_TABLES = "select tablename from pg_tables where schemaname = 'public'"


def database_name(package: str, purpose: str = "test") -> str:
    """One a package, a purpose and an xdist worker."""
    return f"{package}_{purpose}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"


async def database_of(server: embedded.Postgres, package: str, purpose: str = "test", *, fresh: bool = True) -> str:
    """As `empty_database`; an empty text for a service that has none."""
    if not service_spec.load(package).database:
        return ""
    return await empty_database(server, package, purpose, fresh=fresh)


async def empty_database(server: embedded.Postgres, package: str, purpose: str = "test", *, fresh: bool = True) -> str:
    """Its URL for the runtime role, which can change rows but no table. `fresh=False` leaves its rows."""
    name = database_name(package, purpose)
    owner_url = server.url(name)
    if owner_url not in _prepared:
        await _create(server, name)
        await migrate(owner_url, package, runtime_role=RUNTIME_ROLE)
        _prepared[owner_url] = await _filled_tables(owner_url)
    if fresh:
        await _empty(owner_url, _prepared[owner_url])
    return server.url(name, user=RUNTIME_ROLE)


async def _create(server: embedded.Postgres, name: str) -> None:
    connection = await asyncpg.connect(server.url("postgres"))
    try:
        if not await connection.fetchval("select true from pg_roles where rolname = $1", RUNTIME_ROLE):
            await connection.execute(f"create role {RUNTIME_ROLE} login")
        await connection.execute(f'drop database if exists "{name}" with (force)')
        await connection.execute(f'create database "{name}"')
    finally:
        await connection.close()


async def _filled_tables(url: str) -> dict[str, str]:
    connection = await asyncpg.connect(url)
    try:
        tables = [row["tablename"] for row in await connection.fetch(_TABLES)]
        rows = {table: await connection.fetchval(_rows_of(table)) for table in tables}
        return {table: found for table, found in rows.items() if found is not None}
    finally:
        await connection.close()


async def _empty(url: str, keep: dict[str, str]) -> None:
    """Remove all rows of the other tables, and begin their sequences anew; and give those their first rows back.

    A service that has just ended may still write: its transactions are waited for.
    """
    connection = await asyncpg.connect(url)
    try:
        tables = [row["tablename"] for row in await connection.fetch(_TABLES) if row["tablename"] not in keep]
        async with connection.transaction():
            await connection.execute(f"lock table {_names(tables)} in exclusive mode")
            asked = (_FILLED.format(table=table, bytes=_LARGE_BYTES) for table in tables)
            filled = await connection.fetch(" union all ".join(asked))
            await connection.execute(_emptying({row["name"]: row["whole"] for row in filled}))
            now = await connection.fetchrow(_all_rows(keep)) or ()
            for (table, rows), found in zip(keep.items(), now, strict=True):
                if found != rows:
                    await connection.execute(f'delete from "{table}"')
                    await connection.execute(_putting_back(table), rows)
    finally:
        await connection.close()


def _emptying(filled: dict[str, bool]) -> str:
    """Statements for these tables, by whether one is truncated. That makes files, which takes longer than to delete a
    few rows; but deleted rows keep their place, so a table that has grown is truncated.
    """
    whole = [table for table in filled if filled[table]]
    few = [table for table in filled if not filled[table]]
    statements = [f"truncate {_names(whole)} restart identity cascade"] if whole else []
    # Triggers do not run, those of foreign keys among them.
    statements += ["set local session_replication_role = replica"]
    statements += [f'delete from "{table}"; {_RESTART.format(table=table)}' for table in few]
    return "; ".join(statements)


def _all_rows(tables: Iterable[str]) -> str:
    return f"select {', '.join(f'({_rows_of(table)})' for table in tables)}"


def _rows_of(table: str) -> str:
    """A statement for the rows of a table as JSON; null where it is empty."""
    return f'select json_agg(t order by t::text)::text from "{table}" t'


def _putting_back(table: str) -> str:
    return f'insert into "{table}" select * from json_populate_recordset(null::"{table}", $1)'


def _names(tables: list[str]) -> str:
    return ", ".join(f'"{table}"' for table in tables)

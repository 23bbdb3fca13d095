"""A migrated, empty database for a package: made once a test process, emptied before each use."""

from __future__ import annotations

import os
from typing import Any

import asyncpg

from chassis.db.migrate import migrate
from local_servers import embedded

RUNTIME_ROLE = "service_runtime"
# Of each database, the tables that hold rows after migrating: they are part of the schema and stay.
_prepared: dict[str, set[str]] = {}

_TABLES = "select tablename from pg_tables where schemaname = 'public'"


def database_name(package: str, purpose: str = "test") -> str:
    """One a package, a purpose and an xdist worker."""
    return f"{package}_{purpose}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"


async def empty_database(server: embedded.Postgres, package: str, purpose: str = "test", *, fresh: bool = True) -> str:
    """Its URL for the runtime role, which can change rows but no table. `fresh=False` leaves its rows."""
    name = database_name(package, purpose)
    owner_url = server.url(name)
    if owner_url not in _prepared:
        await _create(server, name)
        await migrate(owner_url, package, runtime_role=RUNTIME_ROLE)
        _prepared[owner_url] = await _filled_tables(owner_url)
    if fresh:
        await _truncate(owner_url, _prepared[owner_url])
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


async def _filled_tables(url: str) -> set[str]:
    connection = await asyncpg.connect(url)
    try:
        tables = [row["tablename"] for row in await connection.fetch(_TABLES)]
        return {table for table in tables if await _has_rows(connection, table)}
    finally:
        await connection.close()


async def _has_rows(connection: asyncpg.Connection[Any], table: str) -> bool:
    return bool(await connection.fetchval(f'select exists (select from "{table}")'))


async def _truncate(url: str, keep: set[str]) -> None:
    connection = await asyncpg.connect(url)
    try:
        tables = [row["tablename"] for row in await connection.fetch(_TABLES) if row["tablename"] not in keep]
        filled = [table for table in tables if await _has_rows(connection, table)]
        if filled:
            names = ", ".join(f'"{table}"' for table in filled)
            await connection.execute(f"truncate {names} restart identity cascade")
    finally:
        await connection.close()

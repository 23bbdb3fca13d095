"""The databases of the services as their migrations make them, on a PostgreSQL that ends with the reading."""

from __future__ import annotations

import asyncio
from functools import cache
from typing import Any

import asyncpg

from chassis.db.migrate import migrate
from chassis.testing import servers
from local_servers import embedded
from tools import openapi
from tools.tables import catalog
from tools.tables.catalog import Catalog


@cache
def catalogs() -> dict[str, Catalog]:
    """The catalog of each service; made once a process, which takes some three seconds."""
    with servers.postgres_server() as server:
        return asyncio.run(_all(server))


async def _all(server: embedded.Postgres) -> dict[str, Catalog]:
    return {service: await of_service(server, service) for service in openapi.with_database()}


async def of_service(server: embedded.Postgres, service: str, *more: str) -> Catalog:
    """The catalog of a service's database, after all migrations and `more` statements."""
    name = f"{service}_documented"
    await _run(server.url("postgres"), f'drop database if exists "{name}" with (force)', f'create database "{name}"')
    await migrate(server.url(name), service)
    await _run(server.url(name), *more)
    connection: asyncpg.Connection[Any] = await asyncpg.connect(server.url(name))
    try:
        return await catalog.read(connection)
    finally:
        await connection.close()


async def _run(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()

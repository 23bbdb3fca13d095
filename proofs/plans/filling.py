"""Fills the tables of a running store with many rows, and has PostgreSQL write each plan into its log."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path

import asyncpg

from chassis.config import ServiceSpec
from mercat.config import environment, services
from proofs.store import ProofStore

FOLDER = Path(__file__).parent / "fill"
# In a table with fewer rows a scan from the first to the last is the right plan.
LARGE = 1000
_LOGGED = {
    "session_preload_libraries": "auto_explain",
    "auto_explain.log_min_duration": "0",
    "auto_explain.log_format": "json",
    "auto_explain.log_nested_statements": "on",
    # No value of anybody.
    "auto_explain.log_parameter_max_length": "0",
    # A file that nobody rotates, each message a line.
    "logging_collector": "on",
    "log_destination": "jsonlog",
    "log_filename": "plans.log",
    "log_rotation_age": "0",
    "log_rotation_size": "0",
}
# Rows come in one transaction for each database, and nobody keeps them: half the writing can be left out.
_FAST = {"full_page_writes": "off", "max_wal_size": "2GB", "maintenance_work_mem": "256MB"}
# In these each order writes lines of the log of events, keys and audit; in the others what is done to the products.
_BY_ORDER = ("orders", "payments")
# A part of a table may have an index of its own, and be small.
_LARGE = """
select relname::text from pg_class
where relkind in ('r', 'i') and relnamespace = 'public'::regnamespace and reltuples >= $1
"""
_TABLES = "select relname::text from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"


async def fill(store: ProofStore, products: int, orders: int) -> dict[str, set[str]]:
    """Fill the database of each service, two at a time; returns its tables and indexes that are large now."""
    await _set(store, _FAST)
    at_once = asyncio.Semaphore(2)
    # The one that takes longest is not left for the end.
    specs = sorted(_owners(store), key=lambda spec: spec.name not in _BY_ORDER)
    large = await asyncio.gather(*(_filled(store, spec, products, orders, at_once) for spec in specs))
    return {spec.name: names for spec, names in zip(specs, large, strict=True)}


async def _filled(
    store: ProofStore, spec: ServiceSpec, products: int, orders: int, at_once: asyncio.Semaphore
) -> set[str]:
    lines = orders if spec.name in _BY_ORDER else products
    async with at_once:
        began = time.monotonic()
        connection = await _connect(store, spec.database)
        try:
            async with connection.transaction():
                # Triggers and foreign keys cost more than the rows; checks hold.
                await connection.execute("set local session_replication_role = replica")
                for file in (FOLDER / "chassis.sql", FOLDER / f"{spec.name}.sql"):
                    # Of a service without a file its own tables are complained of by name.
                    sql = file.read_text(encoding="utf-8") if file.exists() else ""
                    for name, count in (("products", products), ("orders", orders), ("lines", lines)):
                        sql = sql.replace(f":{name}", str(count))
                    await connection.execute(sql)
            await connection.execute("vacuum analyze")
            found = {row[0] for row in await connection.fetch(_LARGE, LARGE)}
            size = await connection.fetchval("select pg_database_size(current_database())")
        finally:
            await connection.close()
    print(f"  {spec.name} filled in {time.monotonic() - began:.0f} s: {size / 1e6:,.0f} MB", flush=True)
    return found


def _owners(store: ProofStore) -> list[ServiceSpec]:
    return services.with_database(services.discover(store.store.root))


async def tables(store: ProofStore) -> dict[str, set[str]]:
    """All tables of each service."""
    found = {}
    for spec in _owners(store):
        connection = await _connect(store, spec.database)
        try:
            found[spec.name] = {row[0] for row in await connection.fetch(_TABLES)}
        finally:
            await connection.close()
    return found


async def log_plans(store: ProofStore) -> None:
    """Start PostgreSQL again, so that it writes the plan of each statement of the services into `log_file`."""
    await _set(store, _LOGGED)
    await store.mercat("restart", "postgres")


def log_file(store: ProofStore) -> Path:
    """Where the plans are: an object in JSON on each line."""
    return store.store.state / "postgres" / "log" / "plans.json"


async def _set(store: ProofStore, settings: Mapping[str, str]) -> None:
    """Write settings of PostgreSQL, and have it read those that need no start."""
    connection = await _connect(store, "postgres")
    try:
        for name, value in settings.items():
            await connection.execute(f"alter system set {name} = '{value}'")
        await connection.execute("select pg_reload_conf()")
    finally:
        await connection.close()


async def _connect(store: ProofStore, database: str) -> asyncpg.Connection[asyncpg.Record]:
    return await asyncpg.connect(environment.embedded_database_url(store.store, "postgres", database))

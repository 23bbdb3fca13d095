"""Readers and writers of tables, as services send statements, and the longest that one of them waited for a lock."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import asyncpg

NAME = "drill"
# As chassis.db sets them. Rows that no service changes are written too: what counts is the lock.
_SESSION = {"application_name": NAME, "lock_timeout": "5s", "statement_timeout": "15s"}
_SESSION |= {"session_replication_role": "replica"}
_KEY = """
select a.attname::text from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
where i.indrelid = $1::regclass and i.indisprimary order by a.attnum
"""
_COLUMN = """
select attname::text from pg_attribute
where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = '' and attidentity = ''
order by attname = any($2), attnum limit 1
"""
_WAITS = f"""
select coalesce(max(extract(epoch from clock_timestamp() - waitstart)), 0)::float
from pg_locks join pg_stat_activity using (pid) where waitstart is not null and application_name = '{NAME}'
"""
_SAMPLE_SECONDS, _PAUSE, _CLIENTS, _KEYS = 0.05, 0.005, 4, 500


@dataclass
class Outcome:
    """What came of the statements: how many there were, what failed, and the longest wait for a lock in seconds."""

    statements: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    longest_wait: float = 0.0


@dataclass(frozen=True)
class _Table:
    """A statement that reads a row, one that writes it, and keys of rows."""

    read: str
    write: str
    keys: list[asyncpg.Record]


@asynccontextmanager
async def under_load(url: str, tables: list[str]) -> AsyncIterator[Outcome]:
    """Statements on these tables for as long as the block lasts."""
    outcome = Outcome()
    async with asyncpg.create_pool(url, min_size=_CLIENTS + 1, max_size=_CLIENTS + 1, server_settings=_SESSION) as pool:
        known = [await _table(pool, name) for name in tables]
        work = [_client(pool, known, outcome, number) for number in range(_CLIENTS)]
        tasks = [asyncio.create_task(each) for each in (*work, _watch(url, outcome))]
        try:
            yield outcome
        finally:
            for task in tasks:
                task.cancel()
            for task in tasks:
                with suppress(asyncio.CancelledError):
                    await task


async def _table(pool: asyncpg.Pool[Any], name: str) -> _Table:
    key = [row[0] for row in await pool.fetch(_KEY, name)]
    column = await pool.fetchval(_COLUMN, name, key)
    where = " and ".join(f"{part} = ${number}" for number, part in enumerate(key, 1))
    keys = await pool.fetch(f"select {', '.join(key)} from {name} limit {_KEYS}")
    return _Table(f"select * from {name} where {where}", f"update {name} set {column} = {column} where {where}", keys)


async def _client(pool: asyncpg.Pool[Any], tables: list[_Table], outcome: Outcome, number: int) -> None:
    """One statement after another, each in a transaction of its own; every second one writes."""
    for turn in itertools.count(number * 97):
        table = tables[turn % len(tables)]
        sql = table.write if turn // len(tables) % 2 else table.read
        try:
            await pool.fetch(sql, *table.keys[turn % len(table.keys)])
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
            outcome.failed[type(error).__name__] += 1
        outcome.statements += 1
        await asyncio.sleep(_PAUSE)


async def _watch(url: str, outcome: Outcome) -> None:
    """Look for waiting statements. PostgreSQL says since when each waits, so that a rare look measures rightly."""
    connection = await asyncpg.connect(url)
    try:
        while True:
            outcome.longest_wait = max(outcome.longest_wait, await connection.fetchval(_WAITS))
            await asyncio.sleep(_SAMPLE_SECONDS)
    finally:
        connection.terminate()

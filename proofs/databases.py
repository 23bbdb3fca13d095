"""Connections to the services' databases that stay open: opening one costs more than most queries."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg

from mercat.config import environment, services
from mercat.installation import Installation

# Of each database: a query may wait for a row that is locked.
AT_ONCE = 4


class Databases:
    """The databases of a running store, queried as their owner roles."""

    def __init__(self, store: Installation) -> None:
        self._store, self._opening = store, asyncio.Lock()
        self._pools: dict[str, asyncpg.Pool[asyncpg.Record]] = {}

    async def fetch(self, service: str, sql: str, *arguments: Any) -> list[asyncpg.Record]:
        """The rows of a query."""
        async with self._opening:
            pool = self._pools.get(service) or await self._open(service)
        rows: list[asyncpg.Record] = await pool.fetch(sql, *arguments)
        return rows

    async def _open(self, service: str) -> asyncpg.Pool[asyncpg.Record]:
        spec = next(spec for spec in services.discover(self._store.root) if spec.name == service)
        url = environment.migration(self._store, spec)["DATABASE_URL"]
        self._pools[service] = await asyncpg.create_pool(url, min_size=0, max_size=AT_ONCE)
        return self._pools[service]

    async def close(self) -> None:
        """Close all connections."""
        for pool in self._pools.values():
            await pool.close()
        self._pools.clear()

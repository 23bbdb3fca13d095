"""The pools of connections: the wait for one, which is measured, and what is in use."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import asyncpg

from chassis import telemetry

WRITE, READ, REPORT = POOLS = ("write", "read", "report")
PATIENCE_SECONDS = 5

_waits = telemetry.histogram(
    "db_client_connection_wait_time_seconds", "Waits for a connection of a pool, the failed ones too", {"pool": POOLS}
)


async def acquired(name: str, pool: asyncpg.Pool[Any]) -> asyncpg.pool.PoolConnectionProxy[Any]:
    """A connection of this pool. Raises what asyncpg does, TimeoutError after PATIENCE_SECONDS among it."""
    began = time.perf_counter()
    try:
        return await pool.acquire(timeout=PATIENCE_SECONDS)
    finally:
        _waits.observe(time.perf_counter() - began, name)


def states(pools: Mapping[str, asyncpg.Pool[Any] | None]) -> dict[str, tuple[int, int, int]]:
    """Of each pool there is: the connections open, those in use, and the most of them."""
    found = {name: pool for name, pool in pools.items() if pool is not None}
    return {
        name: (pool.get_size(), pool.get_size() - pool.get_idle_size(), pool.get_max_size())
        for name, pool in found.items()
    }

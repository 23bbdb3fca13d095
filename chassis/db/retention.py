"""Deleting many rows by their age, in small transactions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from chassis.db.database import Database
from chassis.db.transactions import WriteTx

BATCH = 2_000


async def in_batches(db: Database, delete: Callable[[WriteTx, int], Awaitable[int]], most: int) -> None:
    """`delete` at most so many rows by one statement, again and again until fewer are left."""
    deleted = most
    while deleted == most:
        async with db.write_one() as tx:
            deleted = await delete(tx, most)

"""A queue per key within a process, in front of a lock of the database: who waits here uses no connection."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chassis.problems import Unavailable

# A turn takes some milliseconds: a longer queue would take longer than a client waits.
MOST_AT_ONCE = 1_000


class Turns:
    """A queue for each key. Only the lock of the database excludes others; this saves connections."""

    def __init__(self) -> None:
        self._locks: dict[bytes, asyncio.Lock] = {}
        self._users: Counter[bytes] = Counter()

    @asynccontextmanager
    async def of(self, key: bytes) -> AsyncIterator[None]:
        """When it is the caller's turn.

        Raises:
            chassis.problems.Unavailable: too many wait already.
        """
        if self._users.get(key, 0) >= MOST_AT_ONCE:
            raise Unavailable("Many order from where you are at this moment. Try again in a few seconds.")
        lock = self._locks.setdefault(key, asyncio.Lock())
        self._users[key] += 1
        try:
            async with lock:
                yield
        finally:
            self._users[key] -= 1
            if not self._users[key]:
                del self._users[key], self._locks[key]

"""Object locks: a call that changes an object waits 0.3 s for another one, then gets `lock_timeout`.

Source: https://docs.stripe.com/rate-limits#object-lock-timeouts.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from stripe_double.objects.errors import lock_timeout

WAIT_SECONDS = 0.3
"""Seconds that a call waits for an object."""


class Locks:
    """Locks by object id, in memory: no other process uses the same database."""

    def __init__(self) -> None:
        self._locks: dict[str, asyncio.Lock] = {}
        self._callers: Counter[str] = Counter()

    @asynccontextmanager
    async def hold(self, name: str | None) -> AsyncIterator[None]:
        """Hold the lock of an object for as long as the block runs; 429 after 0.3 s of waiting. None needs no lock."""
        if name is None:
            yield
            return
        lock = self._locks.setdefault(name, asyncio.Lock())
        self._callers[name] += 1
        try:
            await _acquire(lock)
            try:
                yield
            finally:
                lock.release()
        finally:
            # A released lock is not yet locked by the one who waits for it: only the last caller may drop it.
            self._callers[name] -= 1
            if not self._callers[name]:
                del self._callers[name], self._locks[name]


async def _acquire(lock: asyncio.Lock) -> None:
    try:
        async with asyncio.timeout(WAIT_SECONDS):
            await lock.acquire()
    except TimeoutError:
        raise lock_timeout() from None

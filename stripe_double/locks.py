"""Objects that a call is at work on. Another that would change one waits a little, then is told `lock_timeout`.

Source: https://docs.stripe.com/rate-limits#object-lock-timeouts.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from stripe_double.errors import lock_timeout

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

PATIENCE = 0.3
"""Seconds that a call waits for an object."""


class Locks:
    """Of this process, the only one on the book."""

    def __init__(self) -> None:
        self._locks: dict[str, asyncio.Lock] = {}

    @asynccontextmanager
    async def hold(self, name: str | None) -> AsyncIterator[None]:
        if name is None:
            yield
            return
        lock = self._locks.setdefault(name, asyncio.Lock())
        try:
            async with asyncio.timeout(PATIENCE):
                await lock.acquire()
        except TimeoutError:
            raise lock_timeout() from None
        try:
            yield
        finally:
            lock.release()
            if not lock.locked():
                self._locks.pop(name, None)

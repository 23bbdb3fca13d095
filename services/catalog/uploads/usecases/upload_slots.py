"""Uploads that are received and encoded at once in a process: each may hold 20 MB.

A slow line holds a place for as long as the file takes. So nobody has more than EACH of them: others' uploads go on.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from uuid import UUID
from weakref import WeakValueDictionary

from chassis.problems import Unavailable

AT_ONCE = 4
EACH = 2
WAIT_SECONDS = 10.0


class UploadSlots:
    """Places for AT_ONCE uploads, EACH of one account."""

    def __init__(self, places: int = AT_ONCE, wait_seconds: float = WAIT_SECONDS) -> None:
        self._free = asyncio.Semaphore(places)
        self._wait = wait_seconds
        # Of accounts that hold a place, or wait for one.
        self._own: WeakValueDictionary[UUID, asyncio.Semaphore] = WeakValueDictionary()

    @asynccontextmanager
    async def take(self, account_id: UUID) -> AsyncIterator[None]:
        """Hold a place, after waiting for it.

        Raises:
            Unavailable: none became free.
        """
        own = self._own.setdefault(account_id, asyncio.Semaphore(EACH))
        async with AsyncExitStack() as held:
            try:
                async with asyncio.timeout(self._wait):
                    await held.enter_async_context(own)
                    await held.enter_async_context(self._free)
            except TimeoutError:
                raise Unavailable("Many pictures are being uploaded. Try again in a few seconds.") from None
            yield

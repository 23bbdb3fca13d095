"""So many searches at once, that they leave connections to the database for everybody else: carts and checkouts ask
for prices here too.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chassis.problems import Unavailable

# Less than a reader waits for a connection.
WAIT_SECONDS = 2.0


class SearchSlots:
    """Half of the connections of a process, of which there are `connections`, are for searches at most."""

    def __init__(self, connections: int) -> None:
        self._free = asyncio.Semaphore(max(1, connections // 2))

    @asynccontextmanager
    async def take(self) -> AsyncIterator[None]:
        """Wait for a turn, and have it.

        Raises:
            Unavailable: it did not come.
        """
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await self._free.acquire()
        except TimeoutError:
            raise Unavailable("Many people search at this moment. Try again in a few seconds.") from None
        try:
            yield
        finally:
            self._free.release()

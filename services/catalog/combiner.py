"""Does many small works as few big ones: what comes in while one batch runs makes the next.

On a hot row one transaction a request means one wait for the disk a request, one after the other. Here a process has
one transaction at a time for all that wait. Nothing is delayed: a lone request is a batch of one.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

A = TypeVar("A")
R = TypeVar("R")


class Combiner(Generic[A, R]):
    """`work` answers a batch of at most `limit` asks, in their order. Where it raises, each of them gets it."""

    def __init__(self, work: Callable[[Sequence[A]], Awaitable[Sequence[R]]], *, limit: int = 100) -> None:
        self._work = work
        self._limit = limit
        self._waiting: deque[tuple[A, asyncio.Future[R]]] = deque()
        self._running: asyncio.Task[None] | None = None

    async def submit(self, ask: A) -> R:
        """The answer to `ask`. One whose caller has gone away is worked all the same."""
        future: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((ask, future))
        if self._running is None:
            self._running = asyncio.create_task(self._drain(), name="combiner")
        return await future

    async def _drain(self) -> None:
        try:
            while self._waiting:
                batch = [self._waiting.popleft() for _ in range(min(self._limit, len(self._waiting)))]
                await self._answer(batch)
        finally:
            self._running = None

    async def _answer(self, batch: list[tuple[A, asyncio.Future[R]]]) -> None:
        try:
            answers = await self._work([ask for ask, _ in batch])
        except Exception as error:  # noqa: BLE001 -- it is raised where it is waited for
            for _, future in batch:
                if not future.done():
                    future.set_exception(error)
            return
        for (_, future), answer in zip(batch, answers, strict=True):
            if not future.done():
                future.set_result(answer)

"""Does many small works as few big ones: what comes in while one batch runs makes the next.

Nothing is delayed: a lone ask is a batch of one. A batch fails alone: whoever waits for it gets the error, and the next
one runs. It runs with no caller's deadline; one that serves a single caller has that caller's trace, and one that
serves several has a trace of its own.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context
from typing import Generic, NamedTuple, TypeVar

from chassis import telemetry
from chassis.problems import Unavailable

A = TypeVar("A")
R = TypeVar("R")


class _Ask(NamedTuple, Generic[A, R]):
    what: A
    trace: telemetry.Trace
    answer: asyncio.Future[R]


class Batcher(Generic[A, R]):
    """`work` answers a batch of at most `limit` asks, in their order, one batch at a time."""

    def __init__(self, work: Callable[[Sequence[A]], Awaitable[Sequence[R]]], *, limit: int = 100) -> None:
        self._work = work
        self._limit = limit
        self._waiting: deque[_Ask[A, R]] = deque()
        self._running: asyncio.Task[None] | None = None

    def put(self, what: A) -> asyncio.Future[R]:
        """The answer to come. An ask is worked also when nobody waits for it any more.

        It raises what the work raised; Unavailable where the work was cancelled.
        """
        answer: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Ask(what, telemetry.current_trace(), answer))
        if self._running is None:
            self._start()
        return answer

    async def submit(self, what: A) -> R:
        """As `put`, waited for."""
        return await self.put(what)

    def _start(self) -> None:
        # A task has the context variables of whoever made it: this one begins without any.
        self._running = asyncio.create_task(self._drain(), name="batches", context=Context())
        self._running.add_done_callback(self._ended)

    async def _drain(self) -> None:
        try:
            while self._waiting:
                batch = [self._waiting.popleft() for _ in range(min(self._limit, len(self._waiting)))]
                await self._do(batch)
        finally:
            self._stopped()

    def _ended(self, task: asyncio.Task[None]) -> None:
        if self._running is task:  # cancelled before it began
            self._stopped()

    def _stopped(self) -> None:
        """The next ask starts anew. Somebody still waits only where the task was cancelled."""
        self._running = None
        _fail(self._waiting, Unavailable())
        self._waiting.clear()

    async def _do(self, batch: Sequence[_Ask[A, R]]) -> None:
        traces = {ask.trace for ask in batch}
        trace = traces.pop()
        if traces or not trace.request_id:
            telemetry.begin(None, None)
        else:
            telemetry.resume(trace)
        try:
            answers = await self._work([ask.what for ask in batch])
            pairs = list(zip(batch, answers, strict=True))
        except BaseException as error:
            _fail(batch, error if isinstance(error, Exception) else Unavailable())
            if not isinstance(error, Exception):
                raise
        else:
            for ask, answer in pairs:
                if not ask.answer.done():
                    ask.answer.set_result(answer)


def _fail(asks: Sequence[_Ask[A, R]], error: Exception) -> None:
    for ask in asks:
        if not ask.answer.done():
            ask.answer.set_exception(error)
            ask.answer.exception()  # it may be that nobody waits for it, which is not worth a warning

"""Runs many small requests as few batches: those that arrive while one batch runs make the next.

Nothing is delayed: a single request is a batch of one. A batch fails alone: its callers get the error, and the next one
runs. It runs without any caller's deadline; a batch of one caller has that caller's trace, and one of several callers
has a trace of its own.
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


class _Request(NamedTuple, Generic[A, R]):
    what: A
    trace: telemetry.Trace
    answer: asyncio.Future[R]


class Batcher(Generic[A, R]):
    """`work` gives the results of a batch of at most `limit` requests, in their order, one batch at a time."""

    def __init__(self, work: Callable[[Sequence[A]], Awaitable[Sequence[R]]], *, limit: int = 100) -> None:
        self._work = work
        self._limit = limit
        self._waiting: deque[_Request[A, R]] = deque()
        self._running: asyncio.Task[None] | None = None

    def put(self, what: A) -> asyncio.Future[R]:
        """A future of the result. A request is also done when its caller is gone.

        It raises what the work raised; Unavailable where the work was cancelled.
        """
        answer: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Request(what, telemetry.current_trace(), answer))
        if self._running is None:
            self._start()
        return answer

    async def submit(self, what: A) -> R:
        """As `put`, and wait for the result."""
        return await self.put(what)

    def _start(self) -> None:
        # A task has the context variables of its creator: this one begins without any.
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
        """The next request starts a new task. Requests are left only where the task was cancelled."""
        self._running = None
        _fail(self._waiting, Unavailable())
        self._waiting.clear()

    async def _do(self, batch: Sequence[_Request[A, R]]) -> None:
        traces = {each.trace for each in batch}
        trace = traces.pop()
        if traces or not trace.request_id:
            telemetry.begin(None, None)
        else:
            telemetry.resume(trace)
        try:
            answers = await self._work([each.what for each in batch])
            pairs = list(zip(batch, answers, strict=True))
        except BaseException as error:
            _fail(batch, error if isinstance(error, Exception) else Unavailable())
            if not isinstance(error, Exception):
                raise
        else:
            for each, result in pairs:
                if not each.answer.done():
                    each.answer.set_result(result)


def _fail(requests: Sequence[_Request[A, R]], error: Exception) -> None:
    for each in requests:
        if not each.answer.done():
            each.answer.set_exception(error)
            each.answer.exception()  # so that asyncio logs no warning where no caller waits

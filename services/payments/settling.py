"""Settles payments, and their refunds, in this process, at once after the commit that asks for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import Context
from typing import Generic, Protocol, Self, TypeVar
from uuid import UUID

from chassis import telemetry
from payments import metrics
from payments.domain.payment import Payment
from payments.store.payments import FIRST_CHECK_SECONDS

AT_ONCE = 16
MOST = 500
DRAIN_SECONDS = 7.0
_log = telemetry.logger(__name__)


class _Named(Protocol):
    @property
    def id(self) -> UUID: ...


Item = TypeVar("Item", bound=_Named)


class AtOnce(Generic[Item]):
    """A bounded set of tasks. What is not settled here, because too many wait, an error came or the process ended, is
    settled by the reconciler: its check is due FIRST_CHECK_SECONDS after the commit.
    """

    what = "payment"

    def __init__(self, settle: Callable[[Item], Awaitable[None]]) -> None:
        self._settle = settle
        self._places = asyncio.Semaphore(AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Self]:
        """Take items until the block ends; what runs then is given DRAIN_SECONDS."""
        try:
            yield self
        finally:
            self._closing = True
            if self._tasks:
                await asyncio.wait(self._tasks, timeout=DRAIN_SECONDS)
            left = list(self._tasks)
            for task in left:
                task.cancel()
            # nosemgrep: gather-without-bound -- cancelled tasks, at most MOST
            await asyncio.gather(*left, return_exceptions=True)

    def begin(self, item: Item) -> None:
        """Settle what is committed as it is given."""
        if self._closing or len(self._tasks) >= MOST:
            metrics.settled_at_once.inc("left")
            return
        # A new context: neither the request's deadline nor its transaction goes on in the task.
        run = self._run(item, telemetry.current_trace())
        task = asyncio.create_task(run, name=f"settle {self.what}", context=Context())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, item: Item, trace: telemetry.Trace) -> None:
        telemetry.begin(trace.traceparent, trace.request_id)
        clock = asyncio.get_running_loop().time
        begun = clock()
        async with self._places:
            if clock() - begun >= FIRST_CHECK_SECONDS:
                metrics.settled_at_once.inc("late")
                return
            try:
                with telemetry.whole(f"settle {self.what}", "internal", {}):
                    await self._settle(item)
            except Exception as error:  # noqa: BLE001 -- whatever it was, the reconciler tries again
                metrics.settled_at_once.inc("failed")
                _log.error(f"{self.what}.not_settled", error=error, **{f"{self.what}_id": item.id})
            else:
                metrics.settled_at_once.inc("done")


class Settling(AtOnce[Payment]):
    """Payments that are to be captured or cancelled."""

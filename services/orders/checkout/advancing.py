"""Continues orders in this process right after the commit that requires it. After a crash, the sweep does it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import NamedTuple
from uuid import UUID

from chassis import telemetry
from chassis.problems import Unavailable
from chassis.resilience import failpoints
from orders.checkout.domain.order_state import State
from orders.checkout.store import due
from orders.context import OrdersContext

AT_ONCE = 8
# A few seconds of work. Further orders are left to the sweep, which any replica may run.
MOST_WAITING = 500

Advance = Callable[[OrdersContext, UUID, State], Awaitable[None]]

_log = telemetry.logger(__name__)


class _QueuedOrder(NamedTuple):
    order_id: UUID
    state: State
    trace: str | None


class Advancer:
    """A queue of orders to continue. It runs `advance` for a few at a time, the oldest first."""

    def __init__(self, ctx: OrdersContext, advance: Advance) -> None:
        self._ctx = ctx
        self._advance = advance
        self._waiting: deque[_QueuedOrder] = deque()
        self._too_many: list[UUID] = []
        self._running: dict[asyncio.Task[None], UUID] = {}
        self._changed = asyncio.Event()
        self._closing = False

    def begin(self, order_id: UUID, state: State, trace: str | None = None) -> None:
        """Enqueue an order in this state, with this trace or the current one. Raises nothing."""
        if len(self._waiting) < MOST_WAITING:
            self._waiting.append(_QueuedOrder(order_id, state, trace or telemetry.current_trace()[1] or None))
        else:
            self._too_many.append(order_id)
        self._changed.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Work until the block ends; then wait for what runs, and make the rest due at once for other replicas."""
        try:
            async with self._ctx.loops.running("advance orders", self._work, stop=self._close):
                yield
        finally:
            await self._hand_over()

    def _close(self) -> None:
        self._closing = True
        self._changed.set()

    async def _work(self) -> None:
        while not self._closing:
            self._changed.clear()
            while self._waiting and len(self._running) < AT_ONCE:
                queued = self._waiting.popleft()
                task = asyncio.create_task(self._go_on(queued), name="advance order")
                self._running[task] = queued.order_id
                task.add_done_callback(self._ended)
            await self._leave_too_many()
            await self._changed.wait()
        if self._running:
            await asyncio.wait(self._running)

    def _ended(self, task: asyncio.Task[None]) -> None:
        del self._running[task]
        self._changed.set()

    async def _go_on(self, queued: _QueuedOrder) -> None:
        telemetry.begin(queued.trace, None)
        try:
            with telemetry.whole("advance order", "internal", {}):
                await failpoints.point("orders.advance_begun")
                await self._advance(self._ctx, queued.order_id, queued.state)
        except Exception as error:  # noqa: BLE001 -- whatever it raises, the sweep tries again
            if not isinstance(error, Unavailable):
                _log.error("order.stuck", order_id=queued.order_id, error=error)
            await self._leave([queued.order_id])

    async def _hand_over(self) -> None:
        tasks = list(self._running)
        left = [*self._running.values(), *(queued.order_id for queued in self._waiting), *self._too_many]
        for task in tasks:
            task.cancel()
        # nosemgrep: gather-without-bound -- cancelled tasks, at most AT_ONCE
        await asyncio.gather(*tasks, return_exceptions=True)
        if left:
            await self._leave(left)

    async def _leave_too_many(self) -> None:
        order_ids, self._too_many = self._too_many, []
        if order_ids:
            await self._leave(order_ids)

    async def _leave(self, order_ids: list[UUID]) -> None:
        # Where this fails, they are due when their lease is over.
        with suppress(Exception):
            async with self._ctx.db.write_one() as tx:
                await due.make_due(tx, order_ids)

"""The background work of a service: jobs, periodic work, pollers of other services' events.

    async with background.running(ctx, consumers): ...

Its loops are watched (chassis.resilience.loops): none ends unnoticed. At the end of the block nothing new is begun,
long polls end, and what runs is given 10 seconds in all (sweeps 3, jobs 7); the rest is left to a replica.
"""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from types import FrameType
from typing import Any

from chassis import outbox
from chassis.context import Context
from chassis.db.listener import Listener
from chassis.inbox import Consumer, lag
from chassis.inbox.poller import Poller
from chassis.outbox import feed
from chassis.resilience import delay
from chassis.service import refusals
from chassis.service.readings import Reading, Readings
from chassis.worker import PeriodicRunner, Worker, state


@contextmanager
def on_stop_signal(callback: Callable[[], None]) -> Iterator[None]:
    """Call `callback` at SIGTERM and SIGINT before the handler that was set. The server's lifespan ends too late for
    it: only after all requests in flight. Does nothing without a handler, or outside of the main thread.
    """
    kept: dict[int, Callable[[int, FrameType | None], object]] = {}
    for number in (signal.SIGTERM, signal.SIGINT):
        handler = signal.getsignal(number)
        if callable(handler):
            kept[number] = handler

    def handle(number: int, frame: FrameType | None) -> None:
        callback()
        kept[number](number, frame)

    with suppress(ValueError):
        for signum in kept:
            signal.signal(signum, handle)
            signal.siginterrupt(signum, False)
    try:
        yield
    finally:
        with suppress(ValueError):
            for signum, earlier in kept.items():
                signal.signal(signum, earlier)


@asynccontextmanager
async def running(
    ctx: Context[Any], consumers: Sequence[Consumer] = (), readings: Sequence[Reading] = ()
) -> AsyncIterator[None]:
    """Run the context's jobs, its periodic work, these consumers and readings for as long as the block lasts.

    Raises:
        one of chassis.db.UNREACHABLE, at the start only: later the database may go and come back.
    """
    listener = ctx.extras.setdefault(Listener, Listener(ctx.db))
    ctx.extras[feed.Waiting] = waiting = feed.Waiting(listener.signal(outbox.CHANNEL), listener)
    worker = Worker(ctx, listener)
    periodic = PeriodicRunner(ctx, listener)
    async with AsyncExitStack() as stack:
        stack.callback(listener.close)
        await listener.fetch("select 1")
        await stack.enter_async_context(ctx.loops.running("event loop delay", delay.measure))
        await stack.enter_async_context(ctx.loops.running("refusals of limits", lambda: refusals.keep(ctx)))
        await stack.enter_async_context(worker.running())
        await stack.enter_async_context(periodic.running())
        await stack.enter_async_context(Readings(ctx, listener, [*_own(consumers), *readings]).running())
        for consumer in consumers:
            await stack.enter_async_context(Poller(ctx, consumer).running())
        stack.callback(waiting.close)
        stack.enter_context(on_stop_signal(waiting.close))
        yield


def _own(consumers: Sequence[Consumer]) -> list[Reading]:
    found = [Reading("jobs", state.read, state.GAUGES)]
    if consumers:
        followed = lag.Lag([consumer.producer for consumer in consumers])
        found.append(Reading("inbox", followed.read, lag.GAUGES))
    return found

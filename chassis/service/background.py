"""What a running service does beside answering: jobs, periodic work, following other services' events.

    async with background.running(ctx, consumers): ...

Its loops are those of chassis.resilience.loops: none ends unnoticed. On leaving it, nothing new is begun, long polls end, and what
runs is given 10 seconds in all (sweeps 3, jobs 7); the rest is left to a replica.
"""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from types import FrameType
from typing import TYPE_CHECKING, Any

from chassis import outbox
from chassis.db.listener import Listener
from chassis.inbox.lag import Lag
from chassis.outbox import feed
from chassis.worker import PeriodicRunner, Worker

if TYPE_CHECKING:
    from chassis.context import Context
    from chassis.inbox import Consumer


@contextmanager
def told_to_stop(tell: Callable[[], None]) -> Iterator[None]:
    """Call `tell` at SIGTERM and SIGINT, and then whoever handles them: a server waits for what is in flight first, and
    leaves the lifespan only when that is over. Does nothing where nobody handles them, or outside the main thread.
    """
    kept: dict[int, Callable[[int, FrameType | None], object]] = {}
    for number in (signal.SIGTERM, signal.SIGINT):
        handler = signal.getsignal(number)
        if callable(handler):
            kept[number] = handler

    def told(number: int, frame: FrameType | None) -> None:
        tell()
        kept[number](number, frame)

    with suppress(ValueError):
        for signum in kept:
            signal.signal(signum, told)
            signal.siginterrupt(signum, False)
    try:
        yield
    finally:
        with suppress(ValueError):
            for signum, earlier in kept.items():
                signal.signal(signum, earlier)


@asynccontextmanager
async def running(ctx: Context[Any], consumers: Sequence[Consumer] = ()) -> AsyncIterator[None]:
    """Run the context's jobs, its periodic work and these consumers for as long as the block lasts.

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
        await stack.enter_async_context(worker.running())
        await stack.enter_async_context(periodic.running())
        if consumers:
            await stack.enter_async_context(Lag(ctx, [consumer.producer for consumer in consumers]).watched())
        for consumer in consumers:
            await stack.enter_async_context(consumer.running(ctx))
        stack.callback(waiting.close)
        stack.enter_context(told_to_stop(waiting.close))
        yield

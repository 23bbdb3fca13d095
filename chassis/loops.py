"""Background loops of a process: none may end unnoticed.

    async with ctx.loops.running("signing keys", body): ...

A loop is meant to run until it is cancelled. One that returns or raises has failed: it is logged, counted, makes the
process unready, and the process is asked to end, so that whoever runs it starts it again.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from chassis import telemetry

_dead = telemetry.gauge("background_loops_dead", "1 where a background loop of this process has ended", ("loop",))
_log = telemetry.logger(__name__)


def end_process() -> None:
    """Ask this process to end in an orderly way."""
    os.kill(os.getpid(), signal.SIGTERM)


class Loops:
    """The loops of one process. `end` is called when one of them fails."""

    def __init__(self, end: Callable[[], None] = end_process) -> None:
        self._end = end
        self.dead: list[str] = []

    @asynccontextmanager
    async def running(self, name: str, body: Callable[[], Awaitable[None]]) -> AsyncIterator[asyncio.Task[None]]:
        """Run `body` for as long as the block lasts; it is cancelled at the block's end."""
        _dead.set(0, name)
        stopping = False

        async def watched() -> None:
            error: Exception | None = None
            try:
                await body()
            except Exception as failure:  # noqa: BLE001 -- whatever ended it, it must be noticed
                error = failure
            if not stopping:
                self._died(name, error)

        task = asyncio.create_task(watched(), name=name)
        try:
            yield task
        finally:
            stopping = True
            task.cancel()
            await asyncio.wait([task])

    def _died(self, name: str, error: Exception | None) -> None:
        self.dead.append(name)
        _dead.set(1, name)
        _log.error("loop.died", loop=name, error=error or RuntimeError("it returned"))
        self._end()

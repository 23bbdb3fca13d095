"""Background loops of a process: one that ends is reported and ends the process.

    async with ctx.loops.running("signing keys", body): ...

A loop runs until the block ends. One that returns or raises before that has failed: it is logged, counted by
`background_loops_dead` and named by /health/ready, which answers 503 from then on. The process then shuts down with an
exit code other than 0, so that its supervisor starts it again.

The failpoint `loops.signing_keys` makes the loop of that name fail at its start.
"""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from chassis import telemetry
from chassis.resilience import failpoints
from chassis.telemetry.sink import STDOUT

EXIT_CODE = 1
# The longest orderly shutdown. A server gives requests in flight 20 seconds.
ORDERLY_SECONDS = 40.0
STOP_SECONDS = 5.0
CANCEL_AGAIN_SECONDS = 1.0

_dead = telemetry.gauge(
    "background_loops_dead", "1 where a background loop of this process has ended", {"loop": "a loop of the process"}
)
_log = telemetry.logger(__name__)
_failed = threading.Event()


def end_process() -> None:
    """Begin an orderly shutdown of this process, and end it after ORDERLY_SECONDS in any case."""
    _failed.set()
    timer = threading.Timer(ORDERLY_SECONDS, os._exit, (EXIT_CODE,))
    timer.daemon = True
    timer.start()
    os.kill(os.getpid(), signal.SIGTERM)


def leave_process() -> None:
    """Exit with EXIT_CODE if a loop has failed: a server that ends by a signal would exit with 0."""
    if _failed.is_set():
        STDOUT.flush()
        os._exit(EXIT_CODE)


async def _cancelled(task: asyncio.Task[None], again: float) -> None:
    """Cancel until it has ended: a library may swallow a cancellation that meets it in the middle of a read."""
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=again)


class Loops:
    """The loops of one process. `end` is called when one of them fails."""

    def __init__(self, end: Callable[[], None] = end_process) -> None:
        self._end = end
        self.dead: list[str] = []
        self.errors: list[BaseException] = []

    @asynccontextmanager
    async def running(
        self,
        name: str,
        body: Callable[[], Awaitable[None]],
        *,
        stop: Callable[[], None] | None = None,
        again: float | None = None,
    ) -> AsyncIterator[asyncio.Task[None]]:
        """Run `body` for as long as the block lasts; it is cancelled at the block's end.

        Where `stop` is given, it is called first, and the body has STOP_SECONDS to return. `again`: seconds after which
        a body that is still running is cancelled again; more for one whose cleanup takes long.
        """
        _dead.set(0, name)
        stopping = False

        async def watched() -> None:
            failure: BaseException = RuntimeError("it returned")
            try:
                await failpoints.point(f"loops.{name.lower().replace(' ', '_').replace('-', '_')}")
                await body()
            except GeneratorExit:
                raise  # the event loop is gone, and this with it
            except BaseException as error:  # noqa: BLE001 -- whatever ended it, it must be noticed
                failure = error
            if not stopping:
                self._died(name, failure)
            if not isinstance(failure, Exception):
                raise failure

        task = asyncio.create_task(watched(), name=name)
        try:
            yield task
        finally:
            stopping = True
            try:
                if stop is not None:
                    stop()
                    await asyncio.wait([task], timeout=STOP_SECONDS)
            finally:
                await _cancelled(task, CANCEL_AGAIN_SECONDS if again is None else again)

    def _died(self, name: str, error: BaseException) -> None:
        self.dead.append(name)
        self.errors.append(error)
        _dead.set(1, name)
        _log.error("loop.died", loop=name, error=error)
        self._end()

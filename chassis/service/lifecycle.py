"""The start and the end of a service: its port is open at once, its work begins when its database is there.

Until then it is live and unready, and answers 503 to every request but those of the platform. An error that waiting
does not mend (a migration is missing, `on_start` fails) ends the process: see chassis.resilience.loops.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from typing import Any

from starlette.routing import BaseRoute

from chassis import telemetry
from chassis.context import Context
from chassis.db import UNREACHABLE, migrate
from chassis.problems import Unavailable
from chassis.resilience.backoff import pause
from chassis.web.health import Readiness, Starting

Work = Callable[[Context[Any]], AbstractAsyncContextManager[None]]

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0
# For the end of all its work: more than what chassis.service.background gives jobs, sweeps and leases.
END_SECONDS = 20.0
_MENDED_BY_WAITING: tuple[type[BaseException], ...] = (*UNREACHABLE, Unavailable)

_log = telemetry.logger(__name__)


@asynccontextmanager
async def running(ctx: Context[Any], readiness: Readiness, work: Work, routes: list[BaseRoute]) -> AsyncIterator[None]:
    """Start in the background and be in `work` until the block ends. `routes` refuse everything until then."""
    gate = Starting()
    routes.insert(0, gate)
    readiness.started = readiness.draining = False
    readiness.dead = ctx.loops.dead

    async def life() -> None:
        async with AsyncExitStack() as stack:
            await _start(ctx, work, stack)
            routes.remove(gate)
            readiness.started = True
            _log.info("service.ready")
            with suppress(asyncio.CancelledError):
                await asyncio.Event().wait()

    try:
        async with ctx.loops.running("service", life, again=END_SECONDS):
            try:
                yield
            finally:
                readiness.draining = True
    finally:
        if gate in routes:
            routes.remove(gate)


async def _start(ctx: Context[Any], work: Work, stack: AsyncExitStack) -> None:
    """Begin the work, which `stack` ends; try again after errors of a missing database.

    Raises:
        MigrationError: the database lacks a migration. Whatever `work` raises beyond that.
    """
    failures = 0
    while True:
        async with AsyncExitStack() as attempt:
            try:
                if ctx.spec.database:
                    await ctx.db.connect()
                    await _check_migrations(ctx)
                await attempt.enter_async_context(work(ctx))
            except _MENDED_BY_WAITING as error:
                failures += 1
                _log.warning("service.waiting", attempt=failures, error=error)
            else:
                stack.push_async_exit(attempt.pop_all())
                return
        await asyncio.sleep(pause(failures, first=FIRST_PAUSE, longest=LONGEST_PAUSE))


async def _check_migrations(ctx: Context[Any]) -> None:
    async with ctx.db.read() as tx:
        missing = await migrate.pending(tx.value, ctx.spec.name)
    if missing:
        name = ctx.spec.name
        raise migrate.MigrationError(f"run `python -m chassis.db.migrate {name}` first; missing: {', '.join(missing)}")

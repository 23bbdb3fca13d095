"""A process for tests to kill: does jobs, or follows a producer, until it is stopped.

`python -m chassis.tests.log.process URL FAILPOINTS [PRODUCER_URL KEY_FILE]`. It says "ready" on its standard output.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

from chassis import auth
from chassis.http import ServiceClient
from chassis.inbox import Consumer, dispatcher, poller
from chassis.jobs import JobTable
from chassis.resilience import failpoints
from chassis.service import background
from chassis.tests.log.support import Counted, Note, opened

KILLER = -1  # the number of the event that no process survives
jobs = JobTable()
consumer = Consumer("catalog")


@jobs.task("note")
async def note(ctx, payload: Note) -> None:
    upsert = "insert into greetings (name) values ($1) on conflict (name) do update set count = greetings.count + 1"
    async with ctx.db.write() as tx:
        await tx.execute(upsert, payload.text)


@consumer.on(Counted)
async def counted(_ctx, tx, event, data: Counted) -> None:
    await tx.execute("insert into effects (aggregate_id, number) values ($1, $2)", event.aggregate_id, data.number)
    if data.number == KILLER:
        os.kill(os.getpid(), signal.SIGKILL)


async def main() -> None:
    url, points = sys.argv[1:3]
    failpoints.configure(points)
    for module in (dispatcher, poller):
        module.LEASE_SECONDS = 1.0  # type: ignore[attr-defined]
    poller.STANDBY_SECONDS = 0.1
    http = None
    if len(sys.argv) > 3:
        http = ServiceClient("orders", auth.load_private_key(Path(sys.argv[4])), {"catalog": [sys.argv[3]]})
    async with opened(url, jobs=jobs, http=http) as ctx, background.running(ctx, [consumer] if http else []):
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())

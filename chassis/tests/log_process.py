"""A process for tests to kill: does jobs, or follows a producer, until it is stopped.

`python -m chassis.tests.log_process URL FAILPOINTS [PRODUCER_URL KEY_FILE]`. It says "ready" on its standard output.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from chassis import auth, background, faults
from chassis.http import ServiceClient
from chassis.inbox import Consumer
from chassis.jobs import JobTable
from chassis.tests.log_support import Counted, Note, opened

jobs = JobTable()
consumer = Consumer("catalog")


async def write_down(tx, text) -> None:
    await tx.execute("insert into greetings (name) values ($1) on conflict (name) do update set count = greetings.count + 1", text)


@jobs.task("note")
async def note(ctx, payload: Note) -> None:
    async with ctx.db.write() as tx:
        await write_down(tx, payload.text)


@consumer.on(Counted)
async def counted(_ctx, tx, event, data: Counted) -> None:
    await write_down(tx, f"{event.aggregate_id}/{data.number}")


async def main() -> None:
    url, failpoints = sys.argv[1:3]
    faults.configure(failpoints)
    http = None
    if len(sys.argv) > 3:
        http = ServiceClient("orders", auth.load_private_key(Path(sys.argv[4])), {"catalog": [sys.argv[3]]})
    async with opened(url, jobs=jobs, http=http) as ctx, background.running(ctx, [consumer] if http else []):
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())

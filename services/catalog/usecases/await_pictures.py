"""Wait until the running service has fetched the pictures of an import; for a command."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from catalog.store import pictures as store
from catalog.store.pictures import Progress
from chassis.db import Database

# Without progress for so long, the wait ends.
STALLED_SECONDS = 60.0
_LOOK_SECONDS = 0.3
# The service sweeps its reservations every 5 seconds, whatever else it does.
_SERVICE_RUNS = """
select exists(
    select from job_schedule
    where name = 'catalog.expire_reservations' and (leased_until > now() or ended_at > now() - interval '30 seconds')
)
"""


async def await_pictures(db: Database, told: Callable[[Progress], None]) -> Progress:
    """The progress when each picture was fetched, has failed or was tried twice (the service continues with those),
    after STALLED_SECONDS without progress, or at once where no service runs. `told` is called at every change.
    """
    before, most_tries, moved = (-1, -1), -1, time.monotonic()
    while True:
        async with db.read() as tx:
            now, runs = await store.progress(tx), await tx.value(_SERVICE_RUNS)
        counts = (now.waiting, now.failed)
        # A try that is taken back (the storage is away) and made again is no progress.
        if counts != before or now.tries > most_tries:
            moved = time.monotonic()
        if counts != before:
            before, most_tries = counts, now.tries
            told(now)
        most_tries = max(most_tries, now.tries)
        if not now.fresh or not runs or time.monotonic() - moved > STALLED_SECONDS:
            return now
        await asyncio.sleep(_LOOK_SECONDS)

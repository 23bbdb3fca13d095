"""Keeps periodic work of a running service at rest, so that only what a test calls does it."""

from __future__ import annotations

from chassis.db import Database
from chassis.testing.waiting import eventually

_HOLD = """
update job_schedule set leased_until = now() + interval '1 hour', runner = uuidv7()
where name = $1 and leased_until <= now() returning true
"""


async def hold_work(db: Database, name: str) -> None:
    """Take the lease of this work for an hour, once a run of it has ended."""

    async def held() -> bool:
        async with db.write() as tx:
            return bool(await tx.value(_HOLD, name))

    await eventually(held, what=f"the lease of {name}")

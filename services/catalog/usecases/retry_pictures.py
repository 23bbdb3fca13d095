"""Fetch pictures again that could not be fetched."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from catalog.store import pictures as store
from chassis import audit
from chassis.db import Database, WriteTx

BATCH = 500
_NIL = UUID(int=0)


async def retry_pictures(db: Database, ids: Sequence[UUID] | None = None) -> int:
    """Fetch those of the ids, or all that failed or were never tried; how many. Others are left alone."""
    total, after = 0, _NIL
    while True:
        count, last = await db.transact(partial(_retry, after=after, ids=ids))
        total += count
        if last is None or count < BATCH:
            return total
        after = last


async def _retry(tx: WriteTx, *, after: UUID, ids: Sequence[UUID] | None) -> tuple[int, UUID | None]:
    count, last = await store.again(tx, after, ids, BATCH)
    if count:
        only = {} if ids is None else {"ids": [str(each) for each in ids[:20]]}
        await audit.record(tx, "pictures.retried", after={"pictures": count, **only})
    return count, last

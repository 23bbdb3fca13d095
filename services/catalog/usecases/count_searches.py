"""Counts searches that find nothing, after their answer: in memory, and now and then in the database."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from catalog import metrics
from catalog.context import CatalogContext
from catalog.domain.terms import kept_term
from catalog.store import searches
from chassis import telemetry
from chassis.db import Database

SECONDS = 30.0
# Between two writes; other terms of that time are not counted.
MOST_TERMS = 500

_log = telemetry.logger(__name__)


class EmptySearches:
    """The searches of this process that are not written yet. What a write that fails held is not counted: whatever is
    wrong with it, the shop goes on.
    """

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def add(self, search: str) -> None:
        """Count one, where its term may be kept."""
        term = kept_term(search)
        if term is not None and (term in self._counts or len(self._counts) < MOST_TERMS):
            self._counts[term] += 1

    async def write(self, db: Database) -> None:
        """Write what was counted since the last time."""
        counts, self._counts = self._counts, Counter()
        if not counts:
            return
        try:
            async with db.write_one() as tx:
                await searches.add(tx, counts)
        except Exception as error:  # noqa: BLE001 -- a loop that ended would end the process
            _log.warning("searches.not_written", count=counts.total(), error=error)


@asynccontextmanager
async def counted(ctx: CatalogContext) -> AsyncIterator[None]:
    """Within the block searches are counted, and written every half a minute and at its end."""
    empty = ctx.extras[EmptySearches] = EmptySearches()

    async def write() -> None:
        while True:
            await asyncio.sleep(SECONDS)
            await empty.write(ctx.db)

    async with ctx.loops.running("empty searches", write):
        yield
    await empty.write(ctx.db)


def count(ctx: CatalogContext, search: str, *, found: bool) -> None:
    """Count the first page of a search."""
    metrics.searches.inc("found" if found else "empty")
    if not found:
        ctx.get(EmptySearches).add(search)

"""Collect an export: the rows of every table of every service that keeps something of a person, part by part.

A try that dies is made again from the beginning; one that was overtaken writes nothing more.
"""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID

import msgspec

from chassis.jobs import Hopeless
from chassis.resilience import failpoints
from identity import store
from identity.context import IdentityContext
from identity.own_account import Kind, tell_if_possible
from identity.privacy import metrics
from identity.privacy.store import exports, person
from identity.privacy.store.exports import Attempt, Place
from identity.privacy.usecases.services import SERVICES, page_of

# Of one service, at 1,000 rows a page: nobody has as many.
MOST_PAGES = 1_000
Rows = Sequence[dict[str, Any]]


class _Overtaken(Exception):
    """Another try has begun, or the account is gone."""


async def collect_export(ctx: IdentityContext, export_id: UUID) -> None:
    """Collect it, unless it is ready.

    Raises:
        chassis.problems.Unavailable, chassis.http.ServiceProblem: a service did not answer; the job is tried again.
        Hopeless: a service has no end.
    """
    async with ctx.db.write() as tx:
        mine = await exports.begin(tx, export_id)
    if mine is None:
        return
    try:
        await _keep_all(ctx, mine, "identity", _own(ctx, mine.account_id))
        for service in SERVICES:
            await _keep_all(ctx, mine, service, _pages(ctx, service, mine.account_id))
            await failpoints.point("identity.export_collected")
    except _Overtaken:
        return
    await _finish(ctx, mine)


async def _finish(ctx: IdentityContext, mine: Attempt) -> None:
    async with ctx.db.write() as tx:
        account = await store.lock_account(tx, mine.account_id)
        if account is None or not await exports.finish(tx, mine):
            return
        await tell_if_possible(ctx, tx, Kind.EXPORT_READY, account.email, account.id)
    metrics.EXPORTS.inc("ready")


async def _own(ctx: IdentityContext, account_id: UUID) -> AsyncIterator[tuple[str, Rows]]:
    for table in person.TABLES:
        after: UUID | None = None
        while True:
            async with ctx.db.read() as tx:
                rows = await person.rows(tx, table, account_id, after)
            if rows:
                yield table, rows
                after = person.id_of(table, rows[-1])
            if len(rows) < person.AT_ONCE:
                break


async def _pages(ctx: IdentityContext, service: str, account_id: UUID) -> AsyncIterator[tuple[str, Rows]]:
    after: str | int | None = None
    for _ in range(MOST_PAGES):
        page = await page_of(ctx, service, account_id, after)
        for table, rows in page.tables.items():
            for at in range(0, len(rows), person.AT_ONCE):
                yield table, rows[at : at + person.AT_ONCE]
        after = page.next
        if after is None:
            return
    raise Hopeless(f"{service} gave {MOST_PAGES} pages of one person, and no end")


async def _keep_all(ctx: IdentityContext, mine: Attempt, service: str, found: AsyncIterator[tuple[str, Rows]]) -> None:
    numbers: dict[str, int] = {}
    async for table, rows in found:
        number = numbers[table] = numbers.get(table, 0) + 1
        content = zlib.compress(b",\n".join(msgspec.json.encode(row) for row in rows))
        async with ctx.db.write_one() as tx:
            if not await exports.insert_part(tx, mine, Place(service, table, number), len(rows), content):
                raise _Overtaken

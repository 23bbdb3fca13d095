"""Learn of erasures from the other services, after identity's own database went back: each keeps a list of its own."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from identity.context import IdentityContext
from identity.privacy.store import erasures
from identity.privacy.usecases.services import SERVICES

LEARN = "identity.learn_erasures"
_SECONDS = 20.0


class LearnErasures(msgspec.Struct, frozen=True):
    """The payload of the job: of which service the list is read."""

    service: str


class _Known(msgspec.Struct, frozen=True):
    subject: UUID
    kind: str
    erased_at: datetime


class _Page(msgspec.Struct, frozen=True):
    erasures: list[_Known]
    next: UUID | None = None


async def enqueue_learning(ctx: IdentityContext) -> None:
    """Have the lists read once the services run."""
    async with ctx.db.write() as tx:
        for service in SERVICES:
            await ctx.jobs.enqueue(tx, LEARN, LearnErasures(service))


async def learn_erasures(ctx: IdentityContext, service: str) -> None:
    """Have every account erased that the service erased; of the orders of guests identity knows nothing.

    Raises:
        chassis.problems.Unavailable: the service does not answer; the job is tried again.
    """
    after: UUID | None = None
    while True:
        path = "/internal/erasures" if after is None else f"/internal/erasures?after={after}"
        page = await ctx.http.call(service, "GET", path, into=_Page, timeout=_SECONDS)
        async with ctx.db.write() as tx:
            for subject in sorted(each.subject for each in page.erasures if each.kind == "account"):
                await erasures.insert_due(tx, subject)
        if page.next is None or page.next == after:
            return
        after = page.next

"""What one replica reads of erasures for all of them."""

from __future__ import annotations

from chassis.service.readings import Reading
from identity.context import IdentityContext
from identity.privacy import metrics
from identity.privacy.store import erasures


async def _overdue(ctx: IdentityContext) -> None:
    async with ctx.db.report() as tx:
        metrics.OVERDUE.set(await erasures.overdue(tx))


OVERDUE = Reading("erasures", _overdue, (metrics.OVERDUE,), every=4)

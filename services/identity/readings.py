"""What one replica reads from identity's database for all of them."""

from __future__ import annotations

from chassis.service.readings import Reading
from identity import metrics, privacy
from identity.context import IdentityContext

_LIVE = "select count(*) from sessions where ended_at is null and idle_until > now() and absolute_until > now()"


async def _sessions(ctx: IdentityContext) -> None:
    async with ctx.db.report() as tx:
        metrics.SESSIONS.set(await tx.value(_LIVE))


READINGS = [Reading("sessions", _sessions, (metrics.SESSIONS,), every=4), privacy.OVERDUE]

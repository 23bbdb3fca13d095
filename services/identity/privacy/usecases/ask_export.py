"""Ask for a copy of all that the store keeps of oneself."""

from __future__ import annotations

from uuid import UUID

import msgspec

from chassis import audit
from chassis.auth import Principal
from identity import audits, rights
from identity.context import IdentityContext
from identity.privacy import metrics
from identity.privacy.store import exports
from identity.privacy.store.exports import Export

COLLECT = "identity.collect_export"


class CollectExport(msgspec.Struct, frozen=True):
    """The payload of the job that collects an export."""

    export_id: UUID


async def ask_export(ctx: IdentityContext, who: Principal) -> Export:
    """The export, which a job collects; the one that is being collected, if there is one.

    Raises:
        chassis.problems.Unauthenticated: the session has ended meanwhile.
    """
    async with ctx.db.write() as tx:
        account = await rights.authorise(tx, who)
        made = await exports.insert(tx, account.id)
        if made is not None:
            await ctx.jobs.enqueue(tx, COLLECT, CollectExport(made))
            await audit.record(tx, "account.export_asked", audits.subject(account.id), after={"export_id": made})
        newest, *_ = await exports.of_account(tx, account.id)
    if made is not None:
        metrics.EXPORTS.inc("asked")
    return newest

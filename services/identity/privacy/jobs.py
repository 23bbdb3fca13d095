"""Jobs and periodic work of export and erasure."""

from __future__ import annotations

from chassis.db import in_batches
from identity.context import IdentityContext
from identity.privacy.store import erasures, exports
from identity.privacy.usecases.ask_export import CollectExport
from identity.privacy.usecases.collect_export import collect_export
from identity.privacy.usecases.erase import erase_due
from identity.privacy.usecases.learn import LearnErasures, learn_erasures

DUE = "exists (select from erasures where next_try_at <= now())"
_DELETED_AT_ONCE = 20


async def export_collected(ctx: IdentityContext, payload: CollectExport) -> None:
    """Collect an export."""
    await collect_export(ctx, payload.export_id)


async def erasures_learned(ctx: IdentityContext, payload: LearnErasures) -> None:
    """Read the list of another service."""
    await learn_erasures(ctx, payload.service)


async def erasures_done(ctx: IdentityContext) -> None:
    """Go on with erasures that are due."""
    await erase_due(ctx)


async def forget_old(ctx: IdentityContext) -> None:
    """Delete exports after 7 days, and what is kept of an erasure after ten years."""
    await in_batches(ctx.db, exports.delete_old, _DELETED_AT_ONCE)
    await in_batches(ctx.db, erasures.delete_old, _DELETED_AT_ONCE)

"""Delete the text of a policy."""

from __future__ import annotations

from chassis import audit
from shop.context import ShopContext
from shop.profile.kept import TAG
from shop.profile.store import policies


async def delete_policy(ctx: ShopContext, kind: str, language: str) -> None:
    """Delete it. One that is gone already changes nothing."""
    async with ctx.db.write() as tx:
        if not await policies.delete(tx, kind, language):
            return
        await audit.record(tx, "policy.deleted", f"policy:{kind}:{language}")
    await ctx.cache.invalidate(TAG)

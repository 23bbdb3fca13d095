"""Write the text of a policy."""

from __future__ import annotations

from chassis import audit
from chassis.problems import FieldError, Invalid
from shop.context import ShopContext
from shop.profile.kept import TAG
from shop.profile.store import policies
from shop.profile.store.policies import Policy


async def put_policy(ctx: ShopContext, kind: str, language: str, title: str, body: str) -> Policy:
    """The text in place of the one that was there, if any. Raises Invalid: the shop does not have this language."""
    async with ctx.db.write() as tx:
        written = await policies.put(tx, kind, language, title, body)
        if written is None:
            message = "The shop does not have this language: add it to its settings first"
            raise Invalid(errors=[FieldError("path.language", message, "unknown-language")])
        await audit.record(tx, "policy.written", f"policy:{kind}:{language}", after={"characters": len(body)})
    await ctx.cache.invalidate(TAG)
    return written

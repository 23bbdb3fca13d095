"""Read the text of a policy."""

from __future__ import annotations

from chassis.problems import NotFound
from shop.context import ShopContext
from shop.profile.store import policies
from shop.profile.store.policies import Policy


async def read_policy(ctx: ShopContext, kind: str, language: str | None) -> Policy:
    """The text in this language, else in the first one that the shop has it in. Raises NotFound."""
    async with ctx.db.read() as tx:
        found = await policies.find(tx, kind, language)
    if found is None:
        raise NotFound(f"The shop has no text about {kind}.")
    return found

"""Read the shop's settings."""

from __future__ import annotations

from shop.context import ShopContext
from shop.profile.store import policies, profile
from shop.profile.store.policies import Heading
from shop.profile.store.profile import Profile


async def read_profile(ctx: ShopContext) -> tuple[Profile, list[Heading]]:
    """The settings, and which texts there are."""
    async with ctx.db.read() as tx:
        return await profile.read(tx), await policies.headings(tx)

"""Find what an API key may do."""

from __future__ import annotations

from chassis.sessions.api_keys import Find, KeyFacts
from shop.context import ShopContext
from shop.keys import store


async def find_key(ctx: ShopContext, key_hash: bytes) -> KeyFacts | None:
    """What the living key with this hash may do; None where there is none."""
    async with ctx.db.write_one() as tx:
        return await store.use(tx, key_hash)


def finder(ctx: ShopContext) -> Find:
    """For this service's own verifier, which need not ask over the network."""

    async def find(key_hash: bytes) -> KeyFacts | None:
        return await find_key(ctx, key_hash)

    return find

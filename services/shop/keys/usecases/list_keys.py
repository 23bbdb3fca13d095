"""List API keys."""

from __future__ import annotations

from uuid import UUID

from shop.context import ShopContext
from shop.keys import store
from shop.keys.store import Key

_LAST = UUID(int=2**128 - 1)


async def list_keys(ctx: ShopContext, before: UUID | None, limit: int) -> list[Key]:
    """Keys, the newest first; ended ones too."""
    async with ctx.db.read() as tx:
        return await store.page(tx, before or _LAST, limit)

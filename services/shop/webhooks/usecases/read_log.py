"""Read what an endpoint was told."""

from __future__ import annotations

from uuid import UUID

from shop.context import ShopContext
from shop.webhooks.store import deliveries
from shop.webhooks.store.deliveries import Logged
from shop.webhooks.usecases.read_endpoints import read_endpoint

_LAST = UUID(int=2**128 - 1)


async def read_log(
    ctx: ShopContext, endpoint_id: UUID, before: UUID | None, state: str | None, limit: int
) -> list[Logged]:
    """The newest first. Raises NotFound."""
    await read_endpoint(ctx, endpoint_id)
    async with ctx.db.read() as tx:
        return await deliveries.log(tx, endpoint_id, before or _LAST, state, limit)

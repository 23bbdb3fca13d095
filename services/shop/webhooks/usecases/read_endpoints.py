"""Read endpoints of webhooks, and their secrets."""

from __future__ import annotations

from uuid import UUID

from chassis import audit
from chassis.problems import NotFound
from shop.context import ShopContext
from shop.webhooks.store import endpoints
from shop.webhooks.store.endpoints import Endpoint


async def list_endpoints(ctx: ShopContext) -> list[Endpoint]:
    """All of them."""
    async with ctx.db.read() as tx:
        return await endpoints.all_of_them(tx)


async def read_endpoint(ctx: ShopContext, endpoint_id: UUID) -> Endpoint:
    """One of them. Raises NotFound."""
    async with ctx.db.read() as tx:
        found = await endpoints.find(tx, endpoint_id)
    if found is None:
        raise NotFound("There is no such endpoint.")
    return found


async def read_for_secret(ctx: ShopContext, endpoint_id: UUID) -> Endpoint:
    """One of them, whose secret is shown: that is recorded. Raises NotFound."""
    found = await read_endpoint(ctx, endpoint_id)
    async with ctx.db.write() as tx:
        await audit.record(tx, "webhook.secret_read", f"webhook:{endpoint_id}")
    return found

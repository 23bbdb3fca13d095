"""Create an endpoint of webhooks."""

from __future__ import annotations

from uuid import UUID

from chassis import audit
from shop.context import ShopContext
from shop.problems import TooManyEndpoints
from shop.webhooks.store import endpoints
from shop.webhooks.store.endpoints import Endpoint, Wish


async def create_endpoint(ctx: ShopContext, endpoint_id: UUID, wish: Wish) -> Endpoint:
    """The endpoint; once for each id. Raises TooManyEndpoints."""
    async with ctx.db.write() as tx:
        made = await endpoints.find(tx, endpoint_id)
        if made is not None:
            return made
        made = await endpoints.add(tx, endpoint_id, wish)
        if made is None:
            raise TooManyEndpoints(f"There are {endpoints.MOST} endpoints at most.", limit=endpoints.MOST)
        await audit.record(tx, "webhook.created", f"webhook:{endpoint_id}", after={"url": made.url})
    return made

"""Delete an endpoint of webhooks."""

from __future__ import annotations

from uuid import UUID

from chassis import audit
from shop.context import ShopContext
from shop.webhooks.store import endpoints


async def delete_endpoint(ctx: ShopContext, endpoint_id: UUID) -> None:
    """Delete it with its log. One that is gone already changes nothing."""
    async with ctx.db.write() as tx:
        if await endpoints.delete(tx, endpoint_id):
            await audit.record(tx, "webhook.deleted", f"webhook:{endpoint_id}")

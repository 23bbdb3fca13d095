"""Send an endpoint a message once more."""

from __future__ import annotations

from uuid import UUID

from chassis import audit
from chassis.problems import NotFound
from shop.context import ShopContext
from shop.webhooks.store import deliveries


async def send_again(ctx: ShopContext, endpoint_id: UUID, message_id: UUID) -> None:
    """At once and under the same id; its tries are counted anew. Raises NotFound."""
    async with ctx.db.write() as tx:
        if not await deliveries.knows(tx, message_id, endpoint_id):
            raise NotFound("There is no such message of this endpoint.")
        if await deliveries.send_again(tx, message_id, endpoint_id):
            await audit.record(tx, "webhook.sent_again", f"webhook:{endpoint_id}", after={"message": str(message_id)})

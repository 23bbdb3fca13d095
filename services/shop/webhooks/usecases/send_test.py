"""Send an endpoint a test."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import msgspec

from shop.context import ShopContext
from shop.webhooks.domain.types import TEST
from shop.webhooks.store import deliveries
from shop.webhooks.usecases.read_endpoints import read_endpoint


async def send_test(ctx: ShopContext, endpoint_id: UUID, message_id: UUID) -> None:
    """As any message, with retries; once for each id of a message. Raises NotFound."""
    await read_endpoint(ctx, endpoint_id)
    body = {"type": TEST, "timestamp": datetime.now(UTC), "data": {"endpoint_id": endpoint_id}}
    async with ctx.db.write() as tx:
        await deliveries.tell_one(tx, message_id, endpoint_id, TEST, msgspec.json.encode(body).decode())

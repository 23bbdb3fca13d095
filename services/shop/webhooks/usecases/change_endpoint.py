"""Change an endpoint of webhooks."""

from __future__ import annotations

from uuid import UUID

from chassis import audit
from chassis.db import ReadTx
from chassis.problems import NotFound
from shop.context import ShopContext
from shop.problems import EndpointChanged
from shop.webhooks.store import endpoints
from shop.webhooks.store.endpoints import Endpoint, Wish


async def change_endpoint(ctx: ShopContext, endpoint_id: UUID, version: int, wish: Wish) -> Endpoint:
    """The endpoint as it is wanted; one that is switched on again goes on with what waits. Raises as `refusal` says."""
    async with ctx.db.write() as tx:
        changed = await endpoints.change(tx, endpoint_id, version, wish)
        if changed is None:
            raise await refusal(tx, endpoint_id)
        told = {"url": changed.url, "status": changed.status, "types": changed.types}
        await audit.record(tx, "webhook.changed", f"webhook:{endpoint_id}", after=told)
    return changed


async def roll_secret(ctx: ShopContext, endpoint_id: UUID, version: int) -> Endpoint:
    """The endpoint with another secret; the present one signs too, for a day. Raises as `refusal` says."""
    async with ctx.db.write() as tx:
        changed = await endpoints.roll_secret(tx, endpoint_id, version)
        if changed is None:
            raise await refusal(tx, endpoint_id)
        await audit.record(tx, "webhook.secret_changed", f"webhook:{endpoint_id}")
    return changed


async def refusal(tx: ReadTx, endpoint_id: UUID) -> NotFound | EndpointChanged:
    """Why it was not changed."""
    found = await endpoints.find(tx, endpoint_id)
    if found is None:
        return NotFound("There is no such endpoint.")
    return EndpointChanged(f"It is of version {found.version}.", version=found.version)

"""Staff who read orders read names and addresses: it is written down."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from orders.tests.shop import Shop


async def test_reads_of_staff_are_in_the_audit_log(shop: Shop) -> None:
    account_id = uuid4()
    staff = shop.service.token(account_id, ("orders:read",))
    placed = await shop.place((shop.shelves.article(), 1))
    await shop.client.get("/api/v1/admin/orders", headers=staff)
    await shop.client.get(f"/api/v1/admin/orders/{placed.id}", headers=staff)
    async with shop.service.ctx.db.read() as tx:
        lines: list[dict[str, Any]] = await tx.rows(
            dict, "select action, object, actor_id, after from audit_lines order by id"
        )
    assert lines == [
        {"action": "orders.read", "object": None, "actor_id": account_id, "after": {"orders": [placed.id]}},
        {"action": "order.read", "object": f"order:{placed.id}", "actor_id": account_id, "after": None},
    ]

"""What staff read of payments is written down."""

from __future__ import annotations

from typing import Any

from chassis.values import uuid7
from payments.tests.shop import Shop


async def test_reads_of_staff_are_in_the_audit_log(shop: Shop):
    staff = shop.app.token(account := uuid7(), ("payments:read",))
    order_id = str(uuid7())
    wish = {"order_id": order_id, "amount": 4200, "currency": "EUR"}
    made = await shop.app.client.post("/internal/payments", json=wish, headers=shop.app.caller("orders"))
    assert made.status_code < 300, made.text
    listed = await shop.app.client.get("/api/v1/admin/payments", headers=staff)
    (payment,) = listed.json()["items"]
    await shop.app.client.get(f"/api/v1/admin/payments/{payment['id']}", headers=staff)
    async with shop.app.ctx.db.read() as tx:
        lines: list[dict[str, Any]] = await tx.rows(
            dict, "select action, object, actor_id, after from audit_lines order by id"
        )
    assert lines == [
        {
            "action": "payments.read",
            "object": None,
            "actor_id": account,
            "after": {"payments": [payment["id"]]},
        },
        {"action": "payment.read", "object": f"payment:{payment['id']}", "actor_id": account, "after": None},
    ]

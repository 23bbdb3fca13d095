"""Staff see who holds most without having paid, and end orders."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from orders.tests.shop import Shop


async def test_staff_list_the_largest_holders_and_cancel_an_order(shop: Shop) -> None:
    reads, writes = shop.service.token(scopes=("orders:read",)), shop.service.token(scopes=("orders:write",))
    me, article = shop.customer(), shop.shelves.article(stock=30)
    big = await shop.place((article, 7), headers=me)
    small = await shop.place((article, 1))
    path = f"/api/v1/admin/orders/{big.id}/cancel"
    listed: list[dict[str, Any]] = (await shop.client.get("/api/v1/admin/orders/holds", headers=reads)).json()["items"]
    assert [(row["scope"], row["orders"], row["units"], row["order_ids"]) for row in listed] == [
        ("address", 2, 8, [big.id, small.id]),
        ("network", 2, 8, [big.id, small.id]),
        ("holder", 1, 7, [big.id]),
        ("holder", 1, 1, [small.id]),
    ]
    for method, address, wrong in (("GET", "/api/v1/admin/orders/holds", writes), ("POST", path, reads)):
        assert (await shop.client.request(method, address, headers=wrong)).status_code == 403
        assert (await shop.client.request(method, address)).status_code == 401
    for _ in range(2):
        ended = await shop.client.post(path, headers=writes)
        assert (ended.status_code, ended.json()["cancel_reason"]) == (200, "expired")
    await shop.until(big, "cancelled")
    assert shop.shelves.level(article) == (30, 1)
    missing = await shop.client.post(f"/api/v1/admin/orders/{uuid4()}/cancel", headers=writes)
    assert missing.status_code == 404
    await shop.paid(small)
    late = await shop.client.post(f"/api/v1/admin/orders/{small.id}/cancel", headers=writes)
    assert (late.status_code, late.json()["type"]) == (409, "order-not-cancellable")

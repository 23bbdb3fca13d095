"""What staff changed, by whom, and what it was before."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from catalog.tests.shop import PRINT, Shop
from chassis.values import uuid7

ADMIN = "/api/v1/admin"


async def lines(shop: Shop) -> list[dict[str, Any]]:
    columns = "action, object, outcome, actor_id, before, after"
    async with shop.db.read() as tx:
        return await tx.rows(dict, f"select {columns} from audit_lines order by id")


@pytest.fixture
def who(shop: Shop) -> UUID:
    account_id = uuid7()
    shop.staff = shop.app.token(account_id, ("catalog:read", "catalog:write", "stock:write"))
    return account_id


async def change(shop: Shop, method: str, path: str, body: dict[str, Any], **headers: str) -> dict[str, Any]:
    """The line that a change leaves, the only new one."""
    before = len(await lines(shop))
    answer = await shop.client.request(method, f"{ADMIN}/{path}", json=body, headers={**shop.staff, **headers})
    assert answer.status_code == 200, answer.text
    (line,) = (await lines(shop))[before:]
    return line


async def test_changes_of_stock_prices_and_products_are_in_the_audit_log(shop: Shop, who: UUID):
    await shop.stock_up(PRINT)
    line = await change(shop, "PUT", "stock/TIDE-30", {"on_hand": 7})
    assert (line["action"], line["object"], line["actor_id"]) == ("stock.set", "variant:TIDE-30", who)
    assert (line["before"]["on_hand"], line["after"]["on_hand"]) == (10, 7)

    adjustment = {"delta": -3, "reason": "broken"}
    line = await change(shop, "POST", "stock/TIDE-30/adjustments", adjustment, **{"Idempotency-Key": "k1"})
    assert (line["action"], line["object"], line["actor_id"]) == ("stock.adjusted", "variant:TIDE-30", who)
    assert (line["before"]["on_hand"], line["after"]["on_hand"], line["after"]["reason"]) == (7, 4, "broken")

    prices = {"currency": "EUR", "prices": [{"sku": "TIDE-30", "amount": 100}]}
    line = await change(shop, "PUT", "products/tide-no-4/prices", prices)
    assert (line["action"], line["object"], line["actor_id"]) == ("prices.set", "product:tide-no-4", who)
    assert line["before"]["prices"] == [{"sku": "TIDE-30", "amount": 2500, "compare_at": None}]
    assert line["after"]["prices"] == [{"sku": "TIDE-30", "amount": 100, "compare_at": None}]

    patch = {"title": "Ebb", "vendor": "Atelier Nord", "description_html": "<p>Long</p>"}
    line = await change(shop, "PATCH", "products/tide-no-4", patch)
    assert (line["action"], line["object"], line["actor_id"]) == ("product.changed", "product:tide-no-4", who)
    assert line["before"] == {"title": "Tide No. 4", "description_html": "before"}
    assert line["after"] == {"title": "Ebb", "description_html": "changed"}


async def test_an_import_has_an_audit_line_with_its_counts(shop: Shop, who: UUID):
    file = "Handle,Title,Variant SKU,Variant Price\ntide-no-4,Tide No. 4,TIDE-4,25.00\n"
    headers = {**shop.staff, "Content-Type": "text/csv"}
    for _ in range(2):
        answer = await shop.client.post(f"{ADMIN}/imports?currency=EUR", content=file, headers=headers)
        assert answer.status_code == 200
    (line,) = await lines(shop)  # the second one changed nothing
    assert (line["action"], line["actor_id"]) == ("catalog.imported", who)
    assert line["after"] == {"created": ["tide-no-4"], "currency": "EUR", "overwrite_stock": False}


async def test_requests_without_effect_leave_no_audit_line(shop: Shop, who: UUID):
    await shop.stock_up(PRINT)
    before = await lines(shop)
    for method, path, body in (
        ("PUT", "stock/TIDE-30", {"on_hand": 10}),
        ("PUT", "stock/TIDE-30", {"on_hand": 1, "expected_on_hand": 2}),
        ("PATCH", "products/tide-no-4", {"title": "Tide No. 4"}),
        ("PATCH", "products/none", {"title": "Ebb"}),
        ("PUT", "products/tide-no-4/prices", {"currency": "EUR", "prices": [{"sku": "NONE", "amount": 1}]}),
    ):
        await shop.client.request(method, f"{ADMIN}/{path}", json=body, headers=shop.staff)
    assert await lines(shop) == before


async def test_a_denied_permission_is_in_the_audit_log(shop: Shop):
    account_id = uuid7()
    headers = shop.app.token(account_id, ("catalog:read",))
    answer = await shop.client.put(f"{ADMIN}/stock/TIDE-30", json={"on_hand": 7}, headers=headers)
    assert answer.status_code == 403
    (line,) = await lines(shop)
    assert (line["action"], line["outcome"], line["actor_id"]) == ("authorisation.denied", "denied", account_id)
    assert (line["object"], line["after"]) == ("PUT /api/v1/admin/stock/{sku:path}", {"needed": "stock:write"})

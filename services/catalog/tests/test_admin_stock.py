"""Stock by hand."""

from __future__ import annotations

import httpx

from catalog.api.schemas.admin import StockLevel
from catalog.tests.shop import PRINT, Shop, simple

STOCK = "/api/v1/admin/stock"


async def test_stock_is_set_and_an_event_published(shop: Shop):
    await shop.stock_up(PRINT)
    await shop.reserve(TIDE_30=2)
    level = await shop.client.put(f"{STOCK}/TIDE-30", json={"on_hand": 7}, headers=shop.staff)
    assert StockLevel.model_validate_json(level.content).model_dump(exclude={"variant_id", "updated_at"}) == {
        "sku": "TIDE-30",
        "on_hand": 7,
        "reserved": 2,
        "available": 5,
        "tracked": True,
        "backorder": False,
    }
    assert (await shop.client.get(f"{STOCK}/TIDE-30", headers=shop.staff)).json() == level.json()
    events = len(await shop.events("stock.changed"))
    await shop.client.put(f"{STOCK}/TIDE-30", json={"on_hand": 7}, headers=shop.staff)
    assert len(await shop.events("stock.changed")) == events


async def test_stock_below_reservations_or_other_than_expected_is_refused(shop: Shop):
    await shop.stock_up(PRINT)
    await shop.reserve(TIDE_30=2)
    put = {"url": f"{STOCK}/TIDE-30", "headers": shop.staff}
    differs = await shop.client.put(**put, json={"on_hand": 7, "expected_on_hand": 9})  # type: ignore[arg-type]
    assert (differs.status_code, differs.json()["type"], differs.json()["on_hand"]) == (409, "stock-differs", 10)
    held = await shop.client.put(**put, json={"on_hand": 1})  # type: ignore[arg-type]
    assert (held.status_code, held.json()["type"], held.json()["reserved"]) == (409, "stock-reserved", 2)
    assert await shop.level("TIDE-30") == (10, 2)
    agreed = await shop.client.put(**put, json={"on_hand": 7, "expected_on_hand": 10})  # type: ignore[arg-type]
    assert agreed.status_code == 200
    uncounted = await shop.client.put(**put, json={"on_hand": 0, "tracked": False})  # type: ignore[arg-type]
    assert (uncounted.status_code, uncounted.json()["available"]) == (200, None)
    counted = await shop.client.put(**put, json={"on_hand": 0, "tracked": True})  # type: ignore[arg-type]
    assert counted.status_code == 409
    onwards = await shop.client.put(**put, json={"on_hand": 0, "tracked": True, "backorder": True})  # type: ignore[arg-type]
    assert (onwards.status_code, onwards.json()["available"]) == (200, None)


async def adjust(shop: Shop, key: str, delta: int, sku: str = "TIDE-30") -> httpx.Response:
    body = {"delta": delta, "reason": "broken"}
    headers = {**shop.staff, "Idempotency-Key": key}
    return await shop.client.post(f"{STOCK}/{sku}/adjustments", json=body, headers=headers)


async def test_an_adjustment_is_made_once_for_its_key(shop: Shop):
    await shop.stock_up(PRINT)
    first, second = await adjust(shop, "k1", -3), await adjust(shop, "k1", -3)
    assert (first.status_code, first.json()["on_hand"]) == (200, 7)
    assert second.content == first.content
    assert second.headers["idempotent-replayed"] == "true"
    assert (await adjust(shop, "k1", -4)).status_code == 422
    assert (await adjust(shop, "k2", 5)).json()["on_hand"] == 12
    async with shop.db.read() as tx:
        moved = "select array_agg(delta order by id) from stock_movements where reason = 'broken'"
        assert await tx.value(moved) == [-3, 5]


async def test_an_adjustment_needs_a_key_a_reason_and_enough_units(shop: Shop):
    await shop.stock_up(PRINT)
    await shop.reserve(TIDE_30=8)
    refused = await adjust(shop, "k1", -3)
    assert (refused.status_code, refused.json()["type"]) == (409, "stock-reserved")
    assert (await adjust(shop, "k2", 999_999_999)).status_code == 409
    missing = await shop.client.post(
        f"{STOCK}/TIDE-30/adjustments", json={"delta": 1, "reason": "x"}, headers=shop.staff
    )
    assert (missing.status_code, missing.json()["type"]) == (400, "missing-idempotency-key")
    for body in (
        {"delta": 0, "reason": "x"},
        {"delta": 1, "reason": ""},
        {"delta": 1},
        {"delta": 2**63, "reason": "x"},
    ):
        headers = {**shop.staff, "Idempotency-Key": "k3"}
        answer = await shop.client.post(f"{STOCK}/TIDE-30/adjustments", json=body, headers=headers)
        assert answer.status_code == 422
    assert await shop.level("TIDE-30") == (10, 8)
    # Refused, it may be tried again with the same key once there is enough.
    await shop.client.put(f"{STOCK}/TIDE-30", json={"on_hand": 20}, headers=shop.staff)
    assert (await adjust(shop, "k1", -3)).json()["on_hand"] == 17


async def test_an_sku_may_hold_a_slash(shop: Shop):
    await shop.stock_up(simple("A/B", 3))
    assert (await shop.client.get(f"{STOCK}/A/B", headers=shop.staff)).json()["on_hand"] == 3
    assert (await adjust(shop, "k", 1, sku="A/B")).json()["on_hand"] == 4

"""What staff read of the stockroom: its history, and what is running low."""

from __future__ import annotations

from typing import Any

import pytest

from catalog.stockroom import store
from catalog.tests.shop import PRINT, Shop, simple
from catalog.tests.stockroom.test_edits import edit
from chassis.values import uuid7

ROOM = "/api/v1/admin/stockroom"


async def page(shop: Shop, path: str) -> dict[str, Any]:
    answer = await shop.client.get(f"{ROOM}/{path}", headers=shop.staff)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_the_history_tells_each_change_newest_first_and_by_pages(shop: Shop):
    await shop.stock_up(simple("A/B", 10), simple("OTHER", 7))
    await edit(shop, {"sku": "A/B", "delta": -1}, reason="damaged", note="fell off the shelf")
    order = uuid7()
    await shop.reserve(order, **{"A/B": 3})
    await shop.commit(order)
    first = await page(shop, "movements?sku=A/B&limit=2")
    second = await page(shop, f"movements?sku=A/B&limit=2&cursor={first['next_cursor']}")
    assert second["next_cursor"] is None
    found = [*first["items"], *second["items"]]
    told = [(each["delta"], each["reason"], each["note"], each["order_id"]) for each in found]
    assert told == [
        (-3, "sold", None, str(order)),
        (-1, "damaged", "fell off the shelf", None),
        (10, "imported", None, None),
    ]
    assert [each["account_id"] is None for each in found] == [True, False, True]
    assert sum(each["delta"] for each in found) == (await shop.level("A/B"))[0]
    for path, status in {
        "movements?sku=NONE": 404,
        "movements": 422,
        "movements?sku=OTHER&cursor=abc": 422,
        "low?cursor=abc": 422,
    }.items():
        assert (await shop.client.get(f"{ROOM}/{path}", headers=shop.staff)).status_code == status
    nobody = shop.app.token(scopes=("stock:write",))
    for path in ("low", "movements?sku=OTHER"):
        assert (await shop.client.get(f"{ROOM}/{path}", headers=nobody)).status_code == 403


async def test_what_is_running_low_is_listed_by_pages(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    goods = [simple(f"S{n}", n) for n in range(6)]
    await shop.stock_up(PRINT, *goods, simple("FREE", 0, tracked=False), simple("GONE", 0, status="archived"))
    rows = [{"sku": sku, "low_at": 3} for sku in ("S0", "S1", "S2", "S3", "S4", "S5", "FREE", "GONE", "TIDE-30")]
    await edit(shop, *rows)
    low = await page(shop, "low")
    assert [each["sku"] for each in low["items"]] == await by_id(shop, "S0", "S1", "S2", "S3")
    assert low["next_cursor"] is None
    found = next(each for each in low["items"] if each["sku"] == "S3")
    assert found | {"variant_id": ""} == {
        "variant_id": "",
        "sku": "S3",
        "product_slug": "s3",
        "product_title": "S3",
        "on_hand": 3,
        "reserved": 0,
        "low_at": 3,
        "backorder": False,
    }
    await shop.reserve(S5=2)
    await edit(shop, {"sku": "S2", "low_at": None})
    wanted = await by_id(shop, "S0", "S1", "S3", "S5")
    assert await pages(shop) == [wanted[:2], wanted[2:]]
    # Pages that look at few thresholds find all the same, some of them nothing.
    for name in ("_LOW", "_LAST_LOOKED_AT"):
        monkeypatch.setattr(store, name, getattr(store, name).replace(str(store.MOST_LOOKED_AT), "1"))
    seen = await pages(shop)
    assert [sku for skus in seen for sku in skus] == wanted
    assert [] in seen


async def by_id(shop: Shop, *skus: str) -> list[str]:
    ids = {sku: await shop.variant(sku) for sku in skus}
    return sorted(skus, key=lambda sku: ids[sku])


async def pages(shop: Shop) -> list[list[str]]:
    seen, cursor = [], ""
    while True:
        found = await page(shop, f"low?limit=2{cursor}")
        seen.append([each["sku"] for each in found["items"]])
        if found["next_cursor"] is None:
            return seen
        cursor = f"&cursor={found['next_cursor']}"

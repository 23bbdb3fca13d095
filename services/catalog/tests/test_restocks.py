"""Pieces that go back on the shelf: once for each id, and never where stock is not counted."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import httpx

from catalog.tests.catalog_state import books
from catalog.tests.shop import Shop, simple
from catalog.tests.test_budgets import cost
from chassis.testing.budgets import budget
from chassis.testing.counts import RecordCount
from chassis.values import uuid7


async def put_back(shop: Shop, restock_id: UUID, *lines: tuple[UUID, int]) -> httpx.Response:
    rows: list[dict[str, Any]] = [{"variant_id": str(variant), "quantity": quantity} for variant, quantity in lines]
    body = {"restock_id": str(restock_id), "lines": rows}
    return await shop.client.post("/internal/restocks", json=body, headers=shop.orders)


async def test_counted_stock_grows_once_whoever_asks_again(shop: Shop):
    await shop.stock_up(simple("ONE", 10), simple("TWO", 0))
    one, two, restock = await shop.variant("ONE"), await shop.variant("TWO"), uuid7()
    before = len(await shop.events("stock.changed"))
    answers = await asyncio.gather(*(put_back(shop, restock, (one, 2), (two, 1), (one, 1)) for _ in range(8)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert set(answers[0].json()["counted"]) == {str(one), str(two)}
    assert (await shop.level("ONE"), await shop.level("TWO")) == ((13, 0), (1, 0))
    assert len(await shop.events("stock.changed")) in {before, before + 2}
    await books(shop)


async def test_what_is_not_counted_stays_and_what_is_not_there_is_answered(shop: Shop):
    await shop.stock_up(simple("ENDLESS", 3, tracked=False))
    endless, nowhere = await shop.variant("ENDLESS"), uuid7()
    answer = await put_back(shop, uuid7(), (endless, 2), (nowhere, 1))
    assert answer.json()["uncounted"] == [str(endless)]
    assert answer.json()["unknown"] == [str(nowhere)]
    assert answer.json()["counted"] == []
    on_hand, _ = await shop.level("ENDLESS")
    assert on_hand == 3
    await books(shop)


async def test_what_was_retired_goes_back_too(shop: Shop):
    await shop.stock_up(simple("OLD", 1))
    old = await shop.variant("OLD")
    headers = shop.staff
    archived = await shop.client.patch("/api/v1/admin/products/old", json={"status": "archived"}, headers=headers)
    assert archived.status_code == 200
    assert (await put_back(shop, uuid7(), (old, 1))).json()["counted"] == [str(old)]
    assert await shop.level("OLD") == (2, 0)


async def test_stock_that_cannot_be_counted_further_stays(shop: Shop):
    await shop.stock_up(simple("FULL", 1_000_000_000))
    full = await shop.variant("FULL")
    assert (await put_back(shop, uuid7(), (full, 1))).json()["uncounted"] == [str(full)]
    assert await shop.level("FULL") == (1_000_000_000, 0)


async def test_the_same_id_for_other_pieces_is_refused(shop: Shop):
    await shop.stock_up(simple("ONE", 10))
    one, restock = await shop.variant("ONE"), uuid7()
    await put_back(shop, restock, (one, 2))
    other = await put_back(shop, restock, (one, 3))
    assert (other.status_code, other.json()["type"]) == (409, "restock-mismatch")
    assert await shop.level("ONE") == (12, 0)


async def test_a_restock_meets_sales_of_the_same_goods(shop: Shop):
    await shop.stock_up(simple("ONE", 5), simple("TWO", 5))
    one, two = await shop.variant("ONE"), await shop.variant("TWO")
    sold = await asyncio.gather(
        *(shop.reserve(ONE=1, TWO=1) for _ in range(5)),
        *(put_back(shop, uuid7(), (two, 1), (one, 1)) for _ in range(5)),
    )
    assert {answer.status_code for answer in sold} == {200}
    assert (await shop.level("ONE"), await shop.level("TWO")) == ((10, 5), (10, 5))
    await books(shop)


async def test_bad_requests_are_named_and_change_nothing(shop: Shop):
    await shop.stock_up(simple("ONE", 10))
    line = {"variant_id": str(await shop.variant("ONE")), "quantity": 3}
    for body, field in (
        ({"restock_id": str(uuid7()), "lines": []}, "lines"),
        ({"restock_id": "x", "lines": [line]}, "restock_id"),
        ({"restock_id": str(uuid7()), "lines": [{**line, "quantity": 0}]}, "lines.0.quantity"),
    ):
        answer = await shop.client.post("/internal/restocks", json=body, headers=shop.orders)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    assert (await shop.client.post("/internal/restocks", json={}, headers=shop.staff)).status_code in {401, 403}
    assert await shop.level("ONE") == (10, 0)


async def test_a_restock_has_a_fixed_cost(shop: Shop, record_count: RecordCount):
    await shop.stock_up(simple("ONE", 10), simple("TWO", 10))
    one, two = await shop.variant("ONE"), await shop.variant("TWO")
    found = await cost(shop, put_back(shop, uuid7(), (one, 1), (two, 1)))
    record_count("a restock in catalog", statements=found.statements)
    most = budget("pieces back on the shelf, in the catalog")
    assert found.statements <= most["statements"], found.told()
    assert found.commits <= most["commits"], found.told()

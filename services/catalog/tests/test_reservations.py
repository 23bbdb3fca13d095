"""Holding, selling and giving back: what orders may rely on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from catalog.tests.shop import PRINT, Shop, simple
from chassis.values import uuid7

# In the names of tests, so it must be the same in every process that collects them.
SOME_ID = "0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c07"


async def test_a_hold_takes_units_out_of_what_is_available(shop: Shop):
    await shop.stock_up(PRINT)
    order = uuid7()
    held = await shop.reserve(order, TIDE_30=3, TIDE_50=1)
    assert held.status_code == 200
    assert held.json() == {"order_id": str(order), "status": "held", "expires_at": held.json()["expires_at"]}
    assert await shop.level("TIDE-30") == (10, 3)
    assert await shop.level("TIDE-50") == (5, 1)
    assert {(e["sku"], e["on_hand"], e["reserved"]) for e in await shop.events("stock.changed")} >= {("TIDE-30", 10, 3)}


async def test_the_same_order_again_gets_the_same_answer_and_nothing_more(shop: Shop):
    await shop.stock_up(PRINT)
    order = uuid7()
    first = await shop.reserve(order, TIDE_30=3)
    second = await shop.reserve(order, TIDE_30=3)
    assert second.json() == first.json()
    assert await shop.level("TIDE-30") == (10, 3)


async def test_the_same_order_with_other_lines_is_refused(shop: Shop):
    await shop.stock_up(PRINT)
    order = uuid7()
    await shop.reserve(order, TIDE_30=3)
    other = await shop.reserve(order, TIDE_30=4)
    assert (other.status_code, other.json()["type"]) == (409, "reservation-mismatch")
    assert await shop.level("TIDE-30") == (10, 3)


async def test_all_lines_are_reserved_or_none_and_short_ones_are_named(shop: Shop):
    await shop.stock_up(PRINT)
    refused = await shop.reserve(TIDE_30=10, TIDE_50=6)
    assert (refused.status_code, refused.json()["type"]) == (409, "out-of-stock")
    line = {"variant_id": str(await shop.variant("TIDE-50")), "sku": "TIDE-50", "requested": 6, "available": 5}
    assert refused.json()["lines"] == [line]
    assert await shop.level("TIDE-30") == (10, 0)
    assert await shop.level("TIDE-50") == (5, 0)
    async with shop.db.read() as tx:
        assert await tx.value("select count(*) from reservations") == 0


async def test_two_lines_of_one_variant_are_summed_before_the_check(shop: Shop):
    await shop.stock_up(simple("ONE", 5))
    variant = str(await shop.variant("ONE"))
    lines = [{"variant_id": variant, "quantity": 3}, {"variant_id": variant, "quantity": 3}]
    body = {"order_id": str(uuid7()), "lines": lines, "hold_seconds": 900}
    refused = await shop.client.post("/internal/reservations", json=body, headers=shop.orders)
    assert refused.status_code == 409
    assert refused.json()["lines"][0] | {"variant_id": ""} == {
        "variant_id": "",
        "sku": "ONE",
        "requested": 6,
        "available": 5,
    }


async def test_what_is_unknown_or_not_sold_cannot_be_held(shop: Shop):
    await shop.stock_up(simple("DRAFT", 5, status="draft"), simple("HERE", 5))
    refused = await shop.reserve(DRAFT=1)
    assert (refused.status_code, refused.json()["lines"][0]["available"]) == (409, 0)
    stranger = str(uuid7())
    body = {"order_id": str(uuid7()), "lines": [{"variant_id": stranger, "quantity": 1}], "hold_seconds": 900}
    unknown = await shop.client.post("/internal/reservations", json=body, headers=shop.orders)
    assert unknown.json()["lines"] == [{"variant_id": stranger, "sku": "", "requested": 1, "available": 0}]


async def test_untracked_and_backorder_variants_can_always_be_reserved(shop: Shop):
    await shop.stock_up(simple("FREE", None, tracked=False), simple("ON", 0, backorder=True))
    order = uuid7()
    assert (await shop.reserve(order, FREE=999, ON=999)).status_code == 200
    assert (await shop.commit(order)).status_code == 200
    assert await shop.level("FREE") == (0, 0)
    assert await shop.level("ON") == (-999, 0)


async def test_a_commit_takes_the_units_off_the_shelf_once(shop: Shop):
    await shop.stock_up(PRINT)
    order = uuid7()
    await shop.reserve(order, TIDE_30=3)
    for _ in range(2):
        sold = await shop.commit(order)
        assert (sold.status_code, sold.json()["status"]) == (200, "committed")
    assert await shop.level("TIDE-30") == (7, 0)
    assert (await shop.reserve(order, TIDE_30=3)).json()["status"] == "committed"
    async with shop.db.read() as tx:
        moved = "select sum(delta) from stock_movements where order_id = $1 and reason = 'sold'"
        assert await tx.value(moved, order) == -3


async def test_a_release_gives_the_units_back_once_and_for_good(shop: Shop):
    await shop.stock_up(PRINT)
    order = uuid7()
    await shop.reserve(order, TIDE_30=3)
    for _ in range(2):
        assert (await shop.release(order)).json() == {
            "order_id": str(order),
            "status": "released",
            "expires_at": None,
        }
    assert await shop.level("TIDE-30") == (10, 0)
    late = await shop.reserve(order, TIDE_30=3)
    assert (late.status_code, late.json()["type"]) == (409, "reservation-released")
    sold = await shop.commit(order)
    assert (sold.status_code, sold.json()["type"], sold.json()["lines"]) == (409, "out-of-stock", [])
    assert await shop.level("TIDE-30") == (10, 0)


async def test_a_reservation_after_its_release_is_refused(shop: Shop):
    await shop.stock_up(PRINT)
    order = uuid7()
    assert (await shop.release(order)).status_code == 200
    late = await shop.reserve(order, TIDE_30=3)
    assert (late.status_code, late.json()["type"]) == (409, "reservation-released")
    assert await shop.level("TIDE-30") == (10, 0)


async def test_what_is_sold_is_not_released(shop: Shop):
    await shop.stock_up(PRINT)
    order = uuid7()
    await shop.reserve(order, TIDE_30=3)
    await shop.commit(order)
    refused = await shop.release(order)
    assert (refused.status_code, refused.json()["type"]) == (409, "reservation-committed")
    assert await shop.level("TIDE-30") == (7, 0)


async def test_of_an_unknown_order_nothing_is_sold(shop: Shop):
    refused = await shop.commit(uuid7())
    assert (refused.status_code, refused.json()["type"], refused.json()["lines"]) == (409, "out-of-stock", [])


WRONG: list[Any] = [
    {"lines": []},
    {"lines": [{"variant_id": "x", "quantity": 1}]},
    {"lines": [{"variant_id": "00000000-0000-0000-0000-000000000001", "quantity": 0}]},
    {"lines": [{"variant_id": "00000000-0000-0000-0000-000000000001", "quantity": 10**30}]},
    {"lines": [{"variant_id": "00000000-0000-0000-0000-000000000001", "quantity": True}]},
    {"lines": [{"variant_id": "00000000-0000-0000-0000-000000000001", "quantity": 1, "price": 0}]},
    {"order_id": "1"},
    {"hold_seconds": 0},
    {"hold_seconds": 10**9},
    {"hold_seconds": "900"},
    {"extra": 1},
]


@pytest.mark.parametrize("wrong", WRONG)
async def test_an_invalid_request_is_refused(shop: Shop, wrong: dict[str, Any]):
    line = {"variant_id": str(uuid7()), "quantity": 1}
    body = {"order_id": str(uuid7()), "lines": [line], "hold_seconds": 900, **wrong}
    refused = await shop.client.post("/internal/reservations", json=body, headers=shop.orders)
    assert refused.status_code == 422
    assert refused.json()["errors"]


@pytest.mark.parametrize(
    "path",
    [
        "quotes",
        "reservations",
        "reservations/0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c07/commit",
        "reservations/0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c07/release",
    ],
)
async def test_only_declared_services_are_allowed(shop: Shop, path: str):
    for headers in ({}, shop.staff):
        assert (await shop.client.post(f"/internal/{path}", json={}, headers=headers)).status_code == 401


async def test_quotes_tell_prices_stock_and_what_is_missing(shop: Shop):
    await shop.stock_up(PRINT, simple("DRAFT", status="draft"))
    await shop.stock_up(simple("DOLLARS"), currency="USD")
    small, large = await shop.variant("TIDE-30"), await shop.variant("TIDE-50")
    missing = [await shop.variant("DRAFT"), await shop.variant("DOLLARS"), uuid7()]
    await shop.reserve(TIDE_30=4)
    lines = [{"variant_id": str(variant), "quantity": 2} for variant in (large, *missing, small, missing[0])]
    answer = await shop.client.post("/internal/quotes", json={"lines": lines, "currency": "EUR"}, headers=shop.orders)
    assert answer.status_code == 200
    first, second = answer.json()["lines"]
    assert first == {
        "variant_id": str(large),
        "sku": "TIDE-50",
        "title": "Tide No. 4",
        "variant_title": "50 x 70",
        "slug": "tide-no-4",
        "image_url": None,
        "unit_price": 4500,
        "quantity": 2,
        "available": 5,
        "weight_grams": None,
        "requires_shipping": True,
        "product_id": second["product_id"],
        "product_type": "Print",
        "tax_class": "standard",
    }
    assert (second["sku"], second["available"], second["weight_grams"]) == ("TIDE-30", 6, 300)
    assert answer.json()["missing"] == [str(variant) for variant in missing]


async def test_quotes_name_what_is_not_sold_any_more_and_why(shop: Shop):
    await shop.stock_up(PRINT, simple("DRAFT", status="draft"))
    await shop.stock_up(simple("DOLLARS"), currency="USD")
    gone = await shop.variant("TIDE-50")
    await shop.stock_up(replace(PRINT, variants=PRINT.variants[:1]))
    asked = [gone, await shop.variant("DRAFT"), await shop.variant("DOLLARS"), uuid7()]
    lines = [{"variant_id": str(variant), "quantity": 1} for variant in asked]
    answer = await shop.client.post("/internal/quotes", json={"lines": lines, "currency": "EUR"}, headers=shop.orders)
    retired, unpublished, dollars = answer.json()["unsold"]
    assert retired == {
        "variant_id": str(gone),
        "sku": "TIDE-50",
        "title": "Tide No. 4",
        "variant_title": "50 x 70",
        "slug": "tide-no-4",
        "image_url": None,
        "reason": "retired",
    }
    assert (unpublished["title"], unpublished["reason"]) == ("DRAFT", "unpublished")
    assert (dollars["title"], dollars["variant_title"], dollars["reason"]) == ("DOLLARS", None, "not-in-currency")

"""Which tax rates a product has, and what a quote tells orders of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from catalog.tests.shop import PRINT, Shop

SMALL, _LARGE = PRINT.variants


async def quote(shop: Shop, sku: str) -> dict[str, Any]:
    wanted = {"lines": [{"variant_id": str(await shop.variant(sku)), "quantity": 1}], "currency": "EUR"}
    answer = await shop.client.post("/internal/quotes", json=wanted, headers=shop.orders)
    (line,) = answer.json()["lines"]
    return line


async def test_a_class_set_by_staff_is_told_with_the_next_quote(shop: Shop):
    await shop.stock_up(PRINT)
    before = await quote(shop, "TIDE-30")
    assert (before["tax_class"], before["product_type"]) == ("standard", "Print")
    patched = await shop.client.patch(
        "/api/v1/admin/products/tide-no-4", json={"tax_class": "reduced"}, headers=shop.staff
    )
    assert patched.json()["tax_class"] == "reduced"
    after = await quote(shop, "TIDE-30")
    assert after["tax_class"] == "reduced"
    assert after["product_id"] == patched.json()["id"]
    later = await shop.client.patch("/api/v1/admin/products/tide-no-4", json={"title": "Ebb"}, headers=shop.staff)
    assert later.json()["tax_class"] == "reduced"


async def test_a_variant_that_is_never_taxed_is_of_the_class_none(shop: Shop):
    await shop.stock_up(replace(PRINT, variants=(replace(SMALL, taxable=False),)))
    assert (await quote(shop, SMALL.sku))["tax_class"] == "none"


@pytest.mark.parametrize("wrong", ["", "Reduced", "a b", "a\u0000", "9", "a" * 41, "x\n", 7])
async def test_what_is_no_class_is_refused(shop: Shop, wrong: Any):
    await shop.stock_up(PRINT)
    answer = await shop.client.patch("/api/v1/admin/products/tide-no-4", json={"tax_class": wrong}, headers=shop.staff)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["tax_class"]

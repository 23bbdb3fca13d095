"""A shopper may choose the currencies that the shop sells in, and no other; staff may prepare another one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from catalog.tests.shop import PRINT, Shop


@pytest.mark.parametrize("path", ["/api/v1/products", "/api/v1/products/tide-no-4", "/api/v1/categories"])
@pytest.mark.parametrize("currency", ["HUF", "CLF", "XXX"])
async def test_another_currency_is_refused_with_those_that_are_sold_in(shop: Shop, path: str, currency: str):
    await shop.stock_up(PRINT)
    await shop.stock_up(PRINT, currency="HUF")
    refused = await shop.client.get(f"{path}?currency={currency}")
    body = refused.json()
    assert (refused.status_code, body["type"]) == (422, "validation-error")
    assert (body["errors"][0]["field"], body["errors"][0]["code"]) == ("query.currency", "not-sold-in")
    assert body["errors"][0]["message"] == "This shop sells in EUR, USD, CHF"
    assert body["currencies"] == ["EUR", "USD", "CHF"]
    assert (await shop.client.get(f"{path}?currency=USD")).status_code == 200
    assert (await shop.client.get(path)).status_code == 200


async def test_staff_prepare_a_currency_before_it_is_sold_in(shop: Shop):
    await shop.stock_up(PRINT)
    prices = {"currency": "HUF", "prices": [{"sku": "TIDE-30", "amount": 990_000}]}
    url = "/api/v1/admin/products/tide-no-4/prices"
    assert (await shop.client.put(url, json=prices, headers=shop.staff)).status_code == 200
    listed = await shop.client.get("/api/v1/admin/products?currency=HUF", headers=shop.staff)
    assert [card["price_from"] for card in listed.json()["items"]] == [{"amount": 990_000, "currency": "HUF"}]


async def test_a_quote_says_what_has_to_be_shipped(shop: Shop):
    voucher = replace(PRINT.variants[1], requires_shipping=False)
    await shop.stock_up(replace(PRINT, variants=(PRINT.variants[0], voucher)))
    ids = [await shop.variant(sku) for sku in ("TIDE-30", "TIDE-50")]
    body = {"lines": [{"variant_id": str(each), "quantity": 1} for each in ids], "currency": "EUR"}
    quoted = (await shop.client.post("/internal/quotes", json=body, headers=shop.orders)).json()
    assert [line["requires_shipping"] for line in quoted["lines"]] == [True, False]


@pytest.mark.parametrize("currency", ["ZZZ", "XXX", "CLF"])
async def test_no_price_is_set_in_what_is_no_money(shop: Shop, currency: str):
    await shop.stock_up(PRINT)
    prices = {"currency": currency, "prices": [{"sku": "TIDE-30", "amount": 2500}]}
    url = "/api/v1/admin/products/tide-no-4/prices"
    put = await shop.client.put(url, json=prices, headers=shop.staff)
    csv = b"Handle,Title,Variant SKU,Variant Price\ntide-no-4,Tide,TIDE-30,25.00\n"
    headers = {**shop.staff, "Content-Type": "text/csv"}
    imported = await shop.client.post(f"/api/v1/admin/imports?currency={currency}", content=csv, headers=headers)
    for refused, field in ((put, "currency"), (imported, "query.currency")):
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field)
    async with shop.db.read() as tx:
        assert await tx.value("select count(*) from variant_prices where currency <> 'EUR'") == 0

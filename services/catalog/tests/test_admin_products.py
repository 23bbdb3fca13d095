"""Products by hand."""

from __future__ import annotations

import json
from typing import Any

import pytest

from catalog.api.schemas.admin import AdminPage, AdminProduct
from catalog.tests.shop import PRINT, Shop, simple


@pytest.mark.parametrize(
    ("path", "status"), [("stock/NONE", 404), ("stock/a%00b", 422), ("products/none", 404), ("products/a%00b", 422)]
)
async def test_an_unknown_product_is_404(shop: Shop, path: str, status: int):
    answer = await shop.client.get(f"/api/v1/admin/{path}", headers=shop.staff)
    assert answer.status_code == status
    assert [error["field"] for error in answer.json().get("errors", [])] == (
        [] if status == 404 else ["path.sku" if "stock" in path else "path.slug"]
    )


async def test_products_in_any_status_are_listed(shop: Shop):
    await shop.stock_up(PRINT, simple("A", status="draft"), simple("B", status="archived"))

    async def listed(**query: Any) -> list[tuple[str, str]]:
        answer = await shop.client.get("/api/v1/admin/products", params=query, headers=shop.staff)
        return [(item.slug, item.status) for item in AdminPage.model_validate_json(answer.content).items]

    assert await listed() == [("b", "archived"), ("a", "draft"), ("tide-no-4", "active")]
    assert await listed(status="draft") == [("a", "draft")]
    assert await listed(search="tide") == [("tide-no-4", "active")]
    page = (await shop.client.get("/api/v1/admin/products?limit=2", headers=shop.staff)).json()
    assert await listed(cursor=page["next_cursor"]) == [("tide-no-4", "active")]


async def test_a_product_is_changed_and_an_event_published(shop: Shop):
    await shop.stock_up(PRINT)
    patch = {"title": "Ebb", "description_html": "<p>New<script>x</script></p>", "tags": ["calm"], "vendor": ""}
    answer = await shop.client.patch("/api/v1/admin/products/tide-no-4", json=patch, headers=shop.staff)
    product = AdminProduct.model_validate_json(answer.content)
    assert (product.title, product.tags, product.vendor, product.version) == ("Ebb", ["calm"], "", 2)
    assert product.description_html == "<p>New</p>"
    assert product.product_type == "Print"
    assert len(await shop.events("product.changed")) == 2
    unknown = await shop.client.patch("/api/v1/admin/products/none", json={"title": "x"}, headers=shop.staff)
    assert unknown.status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "gone"},
        {"title": ""},
        {"title": "a\nb"},
        {"title": "a\u0000b"},
        {"vendor": "a\u0007"},
        {"tags": ["a"] * 251},
        {"tags": [""]},
        {"slug": "x"},
        {"description_html": "\ud800"},
    ],
)
async def test_a_patch_that_makes_no_sense_is_refused(shop: Shop, wrong: dict[str, Any]):
    await shop.stock_up(PRINT)
    headers = {**shop.staff, "Content-Type": "application/json"}
    url = "/api/v1/admin/products/tide-no-4"
    refused = await shop.client.patch(url, content=json.dumps(wrong).encode(), headers=headers)
    assert refused.status_code in {400, 422}
    assert (await shop.client.get(url, headers=shop.staff)).json()["version"] == 1


async def test_prices_are_set_in_one_currency_all_or_none(shop: Shop):
    await shop.stock_up(PRINT, simple("OTHER"))
    url = "/api/v1/admin/products/tide-no-4/prices"
    prices = [{"sku": "TIDE-50", "amount": 4900}, {"sku": "TIDE-30", "amount": 2900, "compare_at": 3500}]
    answer = await shop.client.put(url, json={"currency": "USD", "prices": prices}, headers=shop.staff)
    assert answer.status_code == 200
    assert answer.json()["variants"][0]["prices"] == [
        {"price": {"amount": 2500, "currency": "EUR"}, "compare_at": None},
        {"price": {"amount": 2900, "currency": "USD"}, "compare_at": {"amount": 3500, "currency": "USD"}},
    ]
    public = (await shop.client.get("/api/v1/products/tide-no-4?currency=USD")).json()
    assert public["variants"][0]["price"] == {"amount": 2900, "currency": "USD"}
    for wrong in ([{"sku": "OTHER", "amount": 1}], [prices[0], prices[0]], [{**prices[0], "compare_at": 4900}], []):
        body = {"currency": "USD", "prices": [{"sku": "TIDE-30", "amount": 1}, *wrong] if wrong else []}
        refused = await shop.client.put(url, json=body, headers=shop.staff)
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["field"].startswith("prices")
    again = await shop.client.get("/api/v1/admin/products/tide-no-4", headers=shop.staff)
    assert again.json()["variants"][0]["prices"][1]["price"]["amount"] == 2900
    body = {"currency": "USD", "prices": prices}
    assert (await shop.client.put(url.replace("tide", "none"), json=body, headers=shop.staff)).status_code == 404


async def test_setting_prices_does_not_write_the_search_index(shop: Shop):
    await shop.stock_up(PRINT)
    written = []
    for amount in (2500, 2600):
        body = {"currency": "EUR", "prices": [{"sku": "TIDE-30", "amount": amount}]}
        url = "/api/v1/admin/products/tide-no-4/prices"
        assert (await shop.client.put(url, json=body, headers=shop.staff)).status_code == 200
        async with shop.db.read() as tx:
            written.append(await tx.value("select array_agg(xmin::text) from product_search"))
    assert written[0] == written[1]


async def test_a_price_of_null_removes_it(shop: Shop):
    await shop.stock_up(PRINT)
    url = "/api/v1/admin/products/tide-no-4/prices"
    prices = [{"sku": "TIDE-30", "amount": None}, {"sku": "TIDE-50", "amount": 4000}]
    for _ in range(2):
        answer = await shop.client.put(url, json={"currency": "EUR", "prices": prices}, headers=shop.staff)
        assert answer.status_code == 200
        variants = answer.json()["variants"]
        assert [[each["price"]["amount"] for each in variant["prices"]] for variant in variants] == [[], [4000]]
    wrong = [{"sku": "TIDE-50", "amount": None, "compare_at": 5}], [{"sku": "TIDE-50"}]
    for body in wrong:
        refused = await shop.client.put(url, json={"currency": "EUR", "prices": body}, headers=shop.staff)
        assert refused.status_code == 422
    public = (await shop.client.get("/api/v1/products?currency=EUR")).json()
    assert public["items"][0]["price_from"]["amount"] == 4000

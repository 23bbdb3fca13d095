"""Stock, categories and images, as shoppers see them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from catalog.api.schemas.public import Categories, StockList
from catalog.importing import MediaDraft, VariantDraft
from catalog.media import MediaObjects
from catalog.tests.shop import PRINT, Shop, simple
from chassis.values import uuid7

PRODUCTS = "/api/v1/products"


async def test_stock_is_returned_by_variant(shop: Shop):
    await shop.stock_up(PRINT, simple("FREE", None, tracked=False))
    await shop.reserve(TIDE_30=4)
    answer = await shop.client.get("/api/v1/stock", params={"sku": ["TIDE-30", "FREE", "NONE"]})
    StockList.model_validate_json(answer.content)
    free, tide = answer.json()["items"]
    assert (free["sku"], free["available"], free["in_stock"]) == ("FREE", None, True)
    assert (tide["sku"], tide["available"], tide["in_stock"]) == ("TIDE-30", 6, True)
    both = (await shop.client.get(f"{PRODUCTS}/tide-no-4/stock")).json()["items"]
    assert [item["available"] for item in both] == [6, 5]


@pytest.mark.parametrize("query", ["", "?sku=", "?sku=a%00", "?" + "&".join(["sku=a"] * 51)])
async def test_a_stock_query_without_variants_is_refused(shop: Shop, query: str):
    assert (await shop.client.get(f"/api/v1/stock{query}")).status_code == 422


async def test_categories_are_the_types_of_what_is_listed(shop: Shop):
    await shop.stock_up(PRINT, simple("A", product_type="Frame"), simple("B", product_type=""))
    answer = await shop.client.get("/api/v1/categories")
    assert Categories.model_validate_json(answer.content).model_dump() == {
        "items": [{"type": "Frame", "products": 1}, {"type": "Print", "products": 1}]
    }
    assert (await shop.client.get("/api/v1/categories?currency=USD")).json() == {"items": []}


async def test_an_image_that_is_not_here_is_shown_as_a_placeholder(shop: Shop):
    await shop.stock_up(replace(PRINT, media=(MediaDraft(source_url="https://shop.example/gone.jpg"),)))
    path = (await shop.client.get(PRODUCTS)).json()["items"][0]["image"]["url"]
    answer = await shop.client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")
    assert answer.headers["cache-control"] == "public, max-age=60"
    assert b"<svg" in answer.content


async def test_an_image_is_immutable_and_has_safe_headers(shop: Shop):
    evil = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    digest = await shop.app.ctx.get(MediaObjects).put(evil)
    await shop.stock_up(replace(PRINT, media=(MediaDraft(digest=digest, content_type="image/svg+xml"),)))
    path = (await shop.client.get(PRODUCTS)).json()["items"][0]["image"]["url"]
    answer = await shop.client.get(path)
    assert answer.content == evil
    assert answer.headers["content-security-policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    again = await shop.client.get(path, headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


async def test_an_image_whose_file_was_lost_is_a_placeholder_and_an_unknown_one_is_none(shop: Shop):
    lost = MediaDraft(digest="0" * 64, content_type="image/png")
    await shop.stock_up(replace(PRINT, media=(lost,)))
    path = (await shop.client.get(PRODUCTS)).json()["items"][0]["image"]["url"]
    assert (await shop.client.get(path)).headers["content-type"] == "image/svg+xml"
    assert (await shop.client.get(f"/api/v1/media/{uuid7()}")).status_code == 404
    assert (await shop.client.get("/api/v1/media/x")).status_code == 422


async def test_a_variant_that_left_its_product_is_not_shown(shop: Shop):
    await shop.stock_up(PRINT)
    await shop.stock_up(replace(PRINT, variants=(VariantDraft("TIDE-70", ("70 x 100",), 6500, quantity=1),)))
    body = (await shop.client.get(f"{PRODUCTS}/tide-no-4")).json()
    assert [variant["sku"] for variant in body["variants"]] == ["TIDE-70"]

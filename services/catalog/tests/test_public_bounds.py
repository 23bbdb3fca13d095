"""What one address, one cursor and one cached answer may take."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from catalog.tests.shop import PRINT, Shop, simple
from chassis.testing import running_app

PRODUCTS = "/api/v1/products"


async def test_long_titles_are_paged_by_short_cursors_and_none_is_lost_or_shown_twice(shop: Shop):
    long = "“" * 250
    await shop.stock_up(*(simple(name, title=f"{long}{name}") for name in ("C", "A", "D", "B")))
    seen: list[str] = []
    query: dict[str, Any] = {"sort": "title", "limit": 1}
    for _ in range(4):
        page = (await shop.client.get(PRODUCTS, params=query)).json()
        seen += [item["slug"] for item in page["items"]]
        query["cursor"] = page["next_cursor"]
        assert query["cursor"] is None or len(query["cursor"]) <= 500
    assert seen == ["a", "b", "c", "d"]
    assert query["cursor"] is None


async def test_no_two_routes_share_a_cached_answer(shop: Shop):
    await shop.stock_up(PRINT, simple("STOCK", title="Stock"), simple("CATEGORIES", title="Categories"))
    pairs = [
        ("/api/v1/categories", f"{PRODUCTS}/categories?EUR", 422),
        ("/api/v1/categories?currency=EUR", f"{PRODUCTS}/categories?currency=EUR", 200),
        ("/api/v1/stock?sku=STOCK", f"{PRODUCTS}/stock?['STOCK']", 422),
        (f"{PRODUCTS}/stock/stock", f"{PRODUCTS}/stock", 200),
        (f"{PRODUCTS}?limit=1", f"{PRODUCTS}/%3Flimit=1", 404),
    ]
    for first, second, status in pairs:
        one, other = await shop.client.get(first), await shop.client.get(second)
        assert (one.status_code, other.status_code) == (200, status), second
        assert one.content != other.content


async def test_reads_are_limited_by_address(bench):
    async with running_app("catalog", bench, read_limit="5/h") as service:
        for path in (
            PRODUCTS,
            f"{PRODUCTS}/nothing",
            "/api/v1/categories",
            f"{PRODUCTS}/x/stock",
            "/api/v1/stock?sku=X",
        ):
            assert (await service.client.get(path)).status_code in {200, 404}
        for path in (PRODUCTS, f"{PRODUCTS}/nothing", "/api/v1/categories", f"/api/v1/media/{UUID(int=0)}"):
            refused = await service.client.get(path)
            assert (refused.status_code, refused.json()["type"]) == (429, "rate-limited")
            assert 1 <= int(refused.headers["retry-after"]) <= 720
        neighbour = {"X-Forwarded-For": "198.51.100.7"}
        assert (await service.client.get(PRODUCTS, headers=neighbour)).status_code == 200


async def test_searches_have_a_smaller_limit_than_reads(bench):
    async with running_app("catalog", bench, search_limit="2/h") as service:
        found = [await service.client.get(PRODUCTS, params={"search": "same"}) for _ in range(3)]
        assert [answer.status_code for answer in found] == [200, 200, 429]
        assert (await service.client.get(f"{PRODUCTS}?s%65arch=other")).status_code == 429
        assert found[-1].headers["ratelimit-policy"] == '"searches";q=2;w=3600'
        assert (await service.client.get(PRODUCTS)).status_code == 200
        neighbour = {"X-Forwarded-For": "198.51.100.7"}
        assert (await service.client.get(PRODUCTS, params={"search": "same"}, headers=neighbour)).status_code == 200

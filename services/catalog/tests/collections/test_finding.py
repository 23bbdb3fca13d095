"""Facets, suggestions, related products, and lists of a category or a collection."""

from __future__ import annotations

import random
from typing import Any
from uuid import uuid4

import pytest

from catalog.tests.collections.shelf import Shelf, rule
from catalog.tests.shop import simple
from chassis.testing.counts import RecordCount
from chassis.testing.databases import database_name
from chassis.testing.statements import counted

TYPES, VENDORS, TAGS = ("Print", "Frame", ""), ("Nord", "Süd"), ("warm", "cold", "new")


async def _get(shelf: Shelf, path: str, **query: Any) -> dict[str, Any]:
    answer = await shelf.client.get(f"/api/v1/{path}", params=query)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def _slugs(shelf: Shelf, path: str, **query: Any) -> list[str]:
    return [item["slug"] for item in (await _get(shelf, path, **query))["items"]]


def _wanted(products: list[dict[str, Any]], chosen: dict[str, Any]) -> dict[str, Any]:
    """The facets by hand."""

    def let_through(product: dict[str, Any], but: str) -> bool:
        tests = {
            "type": "type" not in chosen or product["type"] == chosen["type"],
            "vendor": "vendor" not in chosen or product["vendor"] == chosen["vendor"],
            "tag": "tag" not in chosen or chosen["tag"] in product["tags"],
            "stock": "in_stock" not in chosen or bool(product["stock"]) == chosen["in_stock"],
            "price": chosen.get("min_price", 0) <= product["price"] <= chosen.get("max_price", 10**9),
        }
        return all(right for name, right in tests.items() if name != but)

    def values(facet: str, field: str) -> list[dict[str, Any]]:
        found: dict[str, int] = {}
        for product in products:
            for value in product[field] if field == "tags" else (product[field],):
                if value and let_through(product, facet):
                    found[value] = found.get(value, 0) + 1
        return [{"value": value, "products": found[value]} for value in sorted(found, key=lambda v: (-found[v], v))]

    prices = [product["price"] for product in products if let_through(product, "price")]
    stock = [bool(product["stock"]) for product in products if let_through(product, "stock")]
    return {
        "products": sum(let_through(product, "") for product in products),
        "types": values("type", "type"),
        "vendors": values("vendor", "vendor"),
        "tags": values("tag", "tags"),
        "in_stock": sum(stock),
        "out_of_stock": len(stock) - sum(stock),
        "lowest_price": {"amount": min(prices), "currency": "EUR"} if prices else None,
        "highest_price": {"amount": max(prices), "currency": "EUR"} if prices else None,
    }


async def test_facets_are_counted_as_by_hand(shelf: Shelf):
    rng = random.Random(8)
    products: list[dict[str, Any]] = [
        {
            "type": rng.choice(TYPES),
            "vendor": rng.choice(VENDORS),
            "tags": tuple(sorted(rng.sample(TAGS, rng.randrange(4)))),
            "stock": rng.choice((0, 2)),
            "price": rng.choice((1000, 2000, 3000)),
        }
        for _ in range(30)
    ]
    drafts = [
        simple(
            f"P{n}",
            each["stock"],
            price=each["price"],
            vendor=each["vendor"],
            product_type=each["type"],
            tags=each["tags"],
        )
        for n, each in enumerate(products)
    ]
    await shelf.shop.stock_up(*drafts, simple("HIDDEN", status="draft"))
    choices: list[dict[str, Any]] = [{}, {"type": "Print"}, {"vendor": "Süd", "tag": "warm"}, {"in_stock": True}]
    choices += [{"min_price": 2000}, {"max_price": 2000, "type": "Frame", "tag": "cold"}, {"tag": "no such"}]
    for chosen in choices:
        assert await _get(shelf, "facets", **chosen) == _wanted(products, chosen), chosen
    assert (await _get(shelf, "facets", currency="USD"))["products"] == 0


async def test_lists_and_facets_of_a_category_or_a_collection(shelf: Shelf):
    await shelf.shop.stock_up(simple("A", tags=("warm",)), simple("B", tags=("warm",)), simple("C", tags=()))
    top = (await shelf.ask("POST", "/api/v1/admin/categories", {"slug": "wall", "title": "Wall"})).json()
    body = {"slug": "prints", "title": "Prints", "parent_id": top["id"]}
    prints = (await shelf.ask("POST", "/api/v1/admin/categories", body)).json()
    for category, slug in ((top, "a"), (prints, "b")):
        body = {"category_id": category["id"], "product_ids": [str(await shelf.product(slug))]}
        assert (await shelf.ask("POST", "/api/v1/admin/categories/assignments", body)).status_code == 200
    made = await shelf.create("warm", rule=rule(("tag", "is", "warm")))
    await shelf.create("secret", rule=rule(("tag", "is", "warm")), published=False)
    await shelf.fill()
    assert await _slugs(shelf, "products", category="wall") == ["b", "a"]
    assert await _slugs(shelf, "products", category="prints", sort="price") == ["b"]
    assert await _slugs(shelf, "products", collection=made["slug"], sort="title") == ["a", "b"]
    assert await _slugs(shelf, "products", collection="warm", category="prints") == ["b"]
    for nothing in ({"collection": "secret"}, {"collection": "none"}, {"category": "none"}):
        assert await _slugs(shelf, "products", **nothing) == []
    assert (await _get(shelf, "facets", collection="warm"))["products"] == 2
    assert (await _get(shelf, "facets", category="wall", tag="warm"))["products"] == 2


async def test_suggestions_are_what_has_words_that_begin_so(shelf: Shelf):
    await shelf.shop.stock_up(simple("A", title="Écho one"), simple("B", title="Tide"), simple("C", title="Echoes"))
    await shelf.create("echoes", title="All échoes")
    await shelf.create("hidden", title="Echo too", published=False)
    await shelf.ask("POST", "/api/v1/admin/categories", {"slug": "echo", "title": "ECHO"})
    found = await _get(shelf, "suggestions", search="ech")
    assert [each["slug"] for each in found["products"]] == ["c", "a"]
    assert found["collections"] == [{"slug": "echoes", "title": "All échoes"}]
    assert found["categories"] == [{"slug": "echo", "title": "ECHO"}]
    assert await _get(shelf, "suggestions", search="cho") == {"products": [], "collections": [], "categories": []}
    for wrong in ("e", "x" * 101, "a\u0000b"):
        assert (await shelf.client.get("/api/v1/suggestions", params={"search": wrong})).status_code == 422


async def test_chosen_products_come_before_those_that_are_alike(shelf: Shelf):
    same: dict[str, Any] = {"vendor": "Nord", "product_type": "Print"}
    await shelf.shop.stock_up(
        simple("THIS", tags=("warm", "sea"), **same),
        simple("TAGS", tags=("sea", "warm"), **same),
        simple("TYPE", tags=(), vendor="x", product_type="Print"),
        simple("VENDOR", tags=(), vendor="Nord", product_type="y"),
        simple("OTHER", tags=("warm",), vendor="x", product_type="y"),
        simple("DRAFT", tags=("warm",), status="draft", **same),
    )
    assert await _slugs(shelf, "products/this/related") == ["tags", "type", "vendor"]
    path = "/api/v1/admin/products/this/related"
    ids = [str(await shelf.product(slug)) for slug in ("other", "vendor", "draft")]
    for _ in range(2):
        assert (await shelf.ask("PUT", path, {"product_ids": ids})).status_code == 200
    assert await _slugs(shelf, "products/this/related") == ["other", "vendor", "tags", "type"]
    assert (await shelf.ask("GET", path)).json() == {"product_ids": ids}
    assert (await shelf.ask("GET", "/api/v1/admin/products/this")).json()["version"] == 2
    this = str(await shelf.product("this"))
    for wrong in ([ids[0], this], [ids[0], ids[0]], [ids[0], str(uuid4())]):
        refused = await shelf.ask("PUT", path, {"product_ids": wrong})
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "product_ids.1")
    assert (await shelf.ask("PUT", path.replace("this", "none"), {"product_ids": []})).status_code == 404
    assert (await shelf.client.get("/api/v1/products/draft/related")).status_code == 404
    assert (await shelf.ask("GET", path)).json() == {"product_ids": ids}


async def test_a_read_has_a_fixed_number_of_statements_and_none_from_the_cache(
    shelf: Shelf, record_count: RecordCount, monkeypatch: pytest.MonkeyPatch
):
    cache = shelf.shop.app.ctx.cache
    now = cache._clock()
    for each in (cache, cache._tags):
        monkeypatch.setattr(each, "_clock", lambda: now)
    await shelf.shop.stock_up(simple("A", tags=("warm",)))
    await shelf.put(await shelf.create("warm"), "a")
    paths = ["collections", "collections/warm", "collections/warm/products", "category-tree", "facets"]
    for path in [*paths, "suggestions?search=wa", "products/a/related", "products?collection=warm"]:
        counts = []
        for _ in range(2):
            async with counted(shelf.shop.app.bench.postgres, database_name("catalog")) as found:
                assert (await shelf.client.get(f"/api/v1/{path}")).status_code == 200
            counts.append(found.work("catalog").statements)
        record_count(f"GET /api/v1/{path}", statements_uncached=counts[0], statements_cached=counts[1])
        assert counts[1] == 0, path
        assert counts[0] <= 4, path

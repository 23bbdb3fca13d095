"""What shoppers see."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from catalog.api.schemas.public import ProductPage, ProductView
from catalog.importing import MediaDraft
from catalog.tests.shop import PRINT, Shop, simple

PRODUCTS = "/api/v1/products"


async def slugs(shop: Shop, **query: Any) -> list[str]:
    answer = await shop.client.get(PRODUCTS, params=query)
    assert answer.status_code == 200, answer.text
    return [item["slug"] for item in ProductPage.model_validate_json(answer.content).model_dump()["items"]]


async def test_a_list_has_the_summary_of_each_product(shop: Shop):
    image = MediaDraft(source_url="https://shop.example/tide.jpg", alt="Waves")
    await shop.stock_up(replace(PRINT, media=(image,)))
    answer = await shop.client.get(PRODUCTS)
    (item,) = answer.json()["items"]
    path = item["image"]["url"]
    assert path.startswith("/api/v1/media/")
    assert item == {
        "id": item["id"],
        "slug": "tide-no-4",
        "title": "Tide No. 4",
        "vendor": "Atelier Nord",
        "product_type": "Print",
        "tags": ["sea", "blue"],
        "image": {"url": path, "alt": "Waves", "width": None, "height": None, "sizes": []},
        "price_from": {"amount": 2500, "currency": "EUR"},
        "price_to": {"amount": 4500, "currency": "EUR"},
        "compare_at": None,
        "in_stock": True,
    }
    assert answer.json()["next_cursor"] is None
    assert answer.headers["content-type"] == "application/json"


async def test_a_product_has_all_variants_on_sale(shop: Shop):
    image = MediaDraft(source_url="https://shop.example/tide.jpg", alt="Waves")
    first = replace(PRINT.variants[0], image=image.key, barcode="4006381333931")
    await shop.stock_up(replace(PRINT, media=(image,), variants=(first, PRINT.variants[1])))
    await shop.reserve(TIDE_50=5)
    body = (await shop.client.get(f"{PRODUCTS}/tide-no-4")).json()
    ProductView.model_validate(body, strict=False)
    path = body["images"][0]["url"]
    known = {"url": path, "alt": "Waves", "source_url": "https://shop.example/tide.jpg"}
    assert body["images"] == [{**known, "width": None, "height": None, "sizes": []}]
    small, large = body.pop("variants")
    assert small == {
        "id": small["id"],
        "sku": "TIDE-30",
        "title": "30 x 40",
        "option_values": ["30 x 40"],
        "price": {"amount": 2500, "currency": "EUR"},
        "compare_at": None,
        "weight_grams": 300,
        "barcode": "4006381333931",
        "requires_shipping": True,
        "image_url": path,
        "in_stock": True,
        "available": 10,
    }
    assert (large["available"], large["in_stock"]) == (0, False)
    assert large["compare_at"] == {"amount": 5000, "currency": "EUR"}
    assert body["options"] == ["Size"]
    assert body["description_html"] == "<p>Ink on paper.</p>"


@pytest.mark.parametrize("status", ["draft", "archived"])
async def test_an_inactive_product_is_not_shown(shop: Shop, status: str):
    await shop.stock_up(replace(PRINT, status=status), simple("HERE"))
    assert await slugs(shop) == ["here"]
    assert (await shop.client.get(f"{PRODUCTS}/tide-no-4")).status_code == 404
    assert (await shop.client.get(f"{PRODUCTS}/tide-no-4/stock")).status_code == 404
    assert (await shop.client.get("/api/v1/categories")).json() == {"items": [{"type": "Print", "products": 1}]}
    assert (await shop.client.get("/api/v1/stock", params={"sku": ["TIDE-30"]})).json() == {"items": []}


async def test_a_list_is_filtered_by_each_parameter(shop: Shop):
    await shop.stock_up(
        simple("A", 0, price=1000, tags=("sea",)),
        simple("B", 5, price=2000, product_type="Frame", vendor="Wood & Co"),
        simple("C", 0, price=3000, tracked=False),
        PRINT,
    )
    assert await slugs(shop, type="Frame") == ["b"]
    assert await slugs(shop, vendor="Wood & Co") == ["b"]
    assert await slugs(shop, tag="sea", sort="title") == ["a", "b", "c", "tide-no-4"]
    assert await slugs(shop, tag="se") == []
    assert await slugs(shop, in_stock="true", sort="title") == ["b", "c", "tide-no-4"]
    assert await slugs(shop, in_stock="false") == ["a"]
    assert await slugs(shop, min_price=2500, sort="price") == ["tide-no-4", "c"]
    # Between its two prices lies nothing of it.
    assert await slugs(shop, min_price=2600, max_price=4400) == ["c"]
    assert await slugs(shop, max_price=0) == []


async def test_search_finds_words_their_beginnings_and_english_forms(shop: Shop):
    await shop.stock_up(
        simple("A", title="Silver rings for giants"),
        simple("B", title="Moon charm", description_html="<p>A bracelet with a <b>ringing</b> bell</p>"),
        simple("C", title="Plain", tags=("Großvater",)),
    )
    assert set(await slugs(shop, search="ring")) == {"a", "b"}
    assert await slugs(shop, search="giant silver") == ["a"]
    assert await slugs(shop, search="brace") == ["b"]
    assert await slugs(shop, search="GROSSV") == ["c"]
    assert await slugs(shop, search="großv") == ["c"]
    for nothing in ("moon silver", "!!!", "' & | ! ( ) :* \\", "<->", "moon -charm bell:*x"):
        assert await slugs(shop, search=nothing) == []


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("newest", [5, 4, 3, 2, 1, 0]),
        ("title", [0, 1, 2, 3, 4, 5]),
        ("price", [0, 3, 1, 4, 2, 5]),
        ("-price", [5, 2, 4, 1, 3, 0]),
    ],
)
async def test_pages_hold_everything_once_in_order(shop: Shop, sort: str, order: list[int]):
    # Three prices for six products: what is equal is told apart by its id.
    for number in range(6):
        await shop.stock_up(simple(f"P{number}", price=1000 + number % 3))
    seen, cursor = [], None
    while True:
        query: dict[str, str | int] = {"sort": sort, "limit": 2, **({"cursor": cursor} if cursor else {})}
        page = (await shop.client.get(PRODUCTS, params=query)).json()
        seen += [item["slug"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == [f"p{number}" for number in order]


async def test_prices_are_of_one_currency_and_what_has_none_is_left_out(shop: Shop):
    await shop.stock_up(PRINT, simple("EURO"))
    two = replace(PRINT, variants=(replace(PRINT.variants[0], price=2900), PRINT.variants[1]), whole=False)
    await shop.stock_up(replace(two, variants=two.variants[:1]), currency="USD")
    assert await slugs(shop, currency="USD") == ["tide-no-4"]
    assert await slugs(shop, currency="CHF") == []
    body = (await shop.client.get(f"{PRODUCTS}/tide-no-4", params={"currency": "USD"})).json()
    assert [variant["price"] for variant in body["variants"]] == [{"amount": 2900, "currency": "USD"}, None]


async def test_an_answer_says_how_long_it_is_good_and_is_not_sent_twice(shop: Shop):
    await shop.stock_up(PRINT)
    for path in (PRODUCTS, f"{PRODUCTS}/tide-no-4", "/api/v1/categories", "/api/v1/stock?sku=TIDE-30"):
        first = await shop.client.get(path)
        assert first.headers["cache-control"].startswith("public, max-age=")
        again = await shop.client.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


async def test_a_change_is_seen_at_once(shop: Shop):
    await shop.stock_up(PRINT)
    assert await slugs(shop) == ["tide-no-4"]
    assert (await shop.client.get(f"{PRODUCTS}/tide-no-4")).json()["title"] == "Tide No. 4"
    await shop.client.patch("/api/v1/admin/products/tide-no-4", json={"title": "Ebb"}, headers=shop.staff)
    assert (await shop.client.get(f"{PRODUCTS}/tide-no-4")).json()["title"] == "Ebb"
    await shop.client.patch("/api/v1/admin/products/tide-no-4", json={"status": "archived"}, headers=shop.staff)
    assert await slugs(shop) == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "query.limit"),
        ("limit=101", "query.limit"),
        ("limit=x", "query.limit"),
        ("sort=cheap", "query.sort"),
        ("currency=eur", "query.currency"),
        ("min_price=-1", "query.min_price"),
        ("max_price=99999999999999999999999", "query.max_price"),
        ("search=a%00b", "query.search"),
        ("search=", "query.search"),
        ("search=" + "a" * 201, "query.search"),
        ("type=a%0Ab", "query.type"),
        ("in_stock=perhaps", "query.in_stock"),
        ("cursor=x", "query.cursor"),
        ("cursor=WyJhIl0", "query.cursor"),
        ("unknown=1", "query.unknown"),
    ],
)
async def test_an_invalid_query_is_refused_by_its_field(shop: Shop, query: str, field: str):
    refused = await shop.client.get(f"{PRODUCTS}?{query}")
    assert (refused.status_code, refused.headers["content-type"]) == (422, "application/problem+json")
    assert [error["field"] for error in refused.json()["errors"]] == [field]
    assert refused.headers["cache-control"] == "no-store"


async def test_a_too_long_query_is_refused(shop: Shop):
    for query in ("search=" + "a" * 5000, "&".join(f"f{number}=1" for number in range(60))):
        assert (await shop.client.get(f"{PRODUCTS}?{query}")).status_code == 422


async def test_a_cursor_of_another_order_is_refused(shop: Shop):
    await shop.stock_up(simple("A"), simple("B"))
    page = (await shop.client.get(PRODUCTS, params={"sort": "price", "limit": 1})).json()
    refused = await shop.client.get(PRODUCTS, params={"sort": "title", "cursor": page["next_cursor"]})
    assert refused.status_code == 422


@pytest.mark.parametrize("slug", ["nothing", "UPPER", "a%00b", "%ff%fe", "a--b", "x" * 300, "..%2f"])
async def test_an_unknown_product_is_404(shop: Shop, slug: str):
    for path in (f"{PRODUCTS}/{slug}", f"{PRODUCTS}/{slug}/stock"):
        answer = await shop.client.get(path)
        assert answer.status_code in {404, 422}
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", [PRODUCTS, f"{PRODUCTS}/tide-no-4"])
async def test_other_methods_are_405(shop: Shop, path: str):
    refused = await shop.client.post(path, json={})
    assert (refused.status_code, refused.json()["type"]) == (405, "method-not-allowed")

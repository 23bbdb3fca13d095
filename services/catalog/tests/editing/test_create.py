"""Products that staff create."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from catalog.tests.catalog_state import books
from catalog.tests.editing.bodies import ADMIN, created, post, price, product, shown, variant
from catalog.tests.shop import Shop
from chassis.resilience import failpoints


async def test_a_product_is_created_with_variants_prices_and_stock(shop: Shop):
    prices = [price(2500, 3000), price(2900, currency="USD")]
    large = variant("LOW-L", "L", prices=prices, on_hand=7, weight_grams=300, barcode="4006381333931")
    body = product(
        description_html="<p>Ink<script>x</script></p>",
        status="active",
        tags=["sea"],
        variants=[variant("LOW-S", "S", tracked=False), large],
    )
    answer = await post(shop, "", body)
    assert (answer.status_code, answer.headers["etag"]) == (201, '"1"')
    assert answer.headers["location"] == f"{ADMIN}/low-tide"
    summary = answer.json()
    assert {**summary, "id": ""} == {"id": "", "slug": "low-tide", "status": "active", "version": 1, "variants": 2}
    found = await shown(shop, "low-tide")
    assert (found["id"], found["description_html"], found["options"]) == (summary["id"], "<p>Ink</p>", ["Size"])
    assert [(each["sku"], each["option_values"], each["on_hand"]) for each in found["variants"]] == [
        ("LOW-S", ["S"], 0),
        ("LOW-L", ["L"], 7),
    ]
    assert found["variants"][1]["prices"][1]["price"] == {"amount": 2900, "currency": "USD"}
    listed = (await shop.client.get("/api/v1/products")).json()["items"]
    assert [(each["slug"], each["price_from"]["amount"], each["in_stock"]) for each in listed] == [
        ("low-tide", 2500, True)
    ]
    assert [each["slug"] for each in await shop.events("product.changed")] == ["low-tide"]
    await books(shop)


async def test_a_slug_is_made_of_the_title_or_refused_where_it_is_taken(shop: Shop):
    first = await created(shop)
    second = await created(shop, variants=[variant("OTHER-S", "S")])
    assert (first["slug"], second["slug"][:9]) == ("low-tide", "low-tide-")
    unnamed = await created(shop, title="\u6f6e", variants=[variant("OTHER-L", "L")])
    assert unnamed["slug"].startswith("product-")
    named = await post(shop, "", product(slug="low-tide", variants=[variant("OTHER-M", "M")]))
    assert (named.status_code, named.json()["type"]) == (409, "slug-taken")
    taken = await post(shop, "", product(slug="fresh", variants=[variant("NEW", "S"), variant("LOW-L", "L")]))
    assert (taken.status_code, taken.json()["type"], taken.json()["skus"]) == (409, "sku-taken", ["LOW-L"])
    missing = await shop.client.get(f"{ADMIN}/fresh", headers=shop.staff)
    assert missing.status_code == 404


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"variants": []}, "variants"),
    ({"variants": [variant("A", "S", "Red")]}, "variants.0.option_values"),
    ({"variants": [variant("A", "S"), variant("B", "S")]}, "variants.1.option_values"),
    ({"variants": [variant("A", "S"), variant("A", "L")]}, "variants.1.sku"),
    ({"variants": [variant("A", "S", prices=[price(1)] * 2)]}, "variants.0"),
    (
        {"variants": [variant("A", "S", prices=[price(2, 2)])]},
        "variants.0.prices.0",
    ),
    ({"variants": [variant("A", "S", prices=[price(10**12)])]}, "variants.0.prices.0.price.amount"),
    ({"variants": [variant("A", "S", prices=[price(1, currency="XXX")])]}, "variants.0.prices.0.price.currency"),
    ({"options": ["Size", "Size"]}, "body"),
    ({"options": ["A", "B", "C", "D"]}, "options"),
    ({"title": "a\u0000b"}, "title"),
    ({"slug": "No Slug"}, "slug"),
    ({"variants": [variant("A", "S", on_hand=10**12)]}, "variants.0.on_hand"),
    ({"variants": [variant("A", "S", weight_grams=2**63)]}, "variants.0.weight_grams"),
]


async def test_what_makes_no_sense_is_refused_by_its_field(shop: Shop):
    for wrong, field in WRONG:
        refused = await post(shop, "", product(**wrong))
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field), wrong
    async with shop.db.read() as tx:
        assert await tx.value("select count(*) from products") == 0


async def test_the_same_key_creates_one_product(shop: Shop):
    key = str(uuid.uuid4())
    first, again = [await post(shop, "", product(), key) for _ in range(2)]
    assert (first.content, again.headers["idempotent-replayed"]) == (again.content, "true")
    other = await post(shop, "", product(title="Other"), key)
    assert (other.status_code, other.json()["type"]) == (422, "idempotency-key-reused")
    assert len(await shop.events("product.changed")) == 1


async def test_a_try_that_died_after_its_commit_is_found_by_the_next(shop: Shop):
    key = str(uuid.uuid4())
    failpoints.configure("product.created=raise*1")
    died = await post(shop, "", product(), key)
    again = await post(shop, "", product(), key)
    assert (died.status_code, again.status_code, again.json()["slug"]) == (500, 201, "low-tide")
    assert len(await shop.events("product.changed")) == 1


async def test_what_has_variants_is_never_deleted(shop: Shop):
    made = await created(shop, status="active")
    archived = await shop.client.patch(f"{ADMIN}/low-tide", json={"status": "archived"}, headers=shop.staff)
    assert archived.json()["status"] == "archived"
    assert (await shop.client.get("/api/v1/products/low-tide")).status_code == 410
    with pytest.raises(Exception, match="stock_variant_id_fkey"):
        async with shop.db.write() as tx:
            await tx.execute("delete from products where id = $1", made["id"])

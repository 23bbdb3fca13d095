"""Variants and options of a product, as staff edit them."""

from __future__ import annotations

import uuid
from typing import Any

import httpx

from catalog.tests.catalog_state import books
from catalog.tests.editing.bodies import ADMIN, created, post, price, shown, variant
from catalog.tests.shop import Shop
from chassis.resilience import failpoints


async def patch(shop: Shop, variant_id: str, body: Any, **headers: str) -> httpx.Response:
    url = f"{ADMIN}/low-tide/variants/{variant_id}"
    return await shop.client.patch(url, json=body, headers={**shop.staff, **headers})


async def options(shop: Shop, wanted: list[dict[str, Any]], **headers: str) -> httpx.Response:
    url = f"{ADMIN}/low-tide/options"
    return await shop.client.put(url, json={"options": wanted}, headers={**shop.staff, **headers})


async def test_variants_are_added_all_or_none_and_the_answer_has_no_others(shop: Shop):
    await created(shop, status="active")
    wanted = {"variants": [variant("LOW-XL", "XL", on_hand=3), variant("LOW-M", "M")]}
    answer = await post(shop, "/low-tide/variants", wanted, **{"If-Match": '"1"'})
    assert (answer.status_code, answer.headers["etag"]) == (201, '"2"'), answer.text
    assert [each["sku"] for each in answer.json()["added"]] == ["LOW-XL", "LOW-M"]
    assert (answer.json()["product"]["version"], answer.json()["product"]["variants"]) == (2, 4)
    found = await shown(shop, "low-tide")
    assert [each["sku"] for each in found["variants"]] == ["LOW-S", "LOW-L", "LOW-XL", "LOW-M"]
    refusals = {
        "sku-taken": [variant("NEW", "XS"), variant("LOW-S", "XXL")],
        "options-taken": [variant("NEW", "XS"), variant("NEW-2", "S")],
        "validation-error": [variant("NEW", "XS", "Red")],
    }
    for kind, variants in refusals.items():
        refused = await post(shop, "/low-tide/variants", {"variants": variants})
        assert refused.json()["type"] == kind
    stale = await post(shop, "/low-tide/variants", {"variants": [variant("NEW", "XS")]}, **{"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["version"], stale.headers["etag"]) == (412, 2, '"2"')
    assert (await post(shop, "/none/variants", wanted)).status_code == 404
    after = await shown(shop, "low-tide")
    assert (after["version"], len(after["variants"])) == (2, 4)
    assert len(await shop.events("product.changed")) == 2
    await books(shop)


async def test_adding_that_died_after_its_commit_is_found_by_the_next_try(shop: Shop):
    await created(shop)
    key, wanted = str(uuid.uuid4()), {"variants": [variant("LOW-M", "M"), variant("LOW-XL", "XL")]}
    failpoints.configure("variants.added=raise*1")
    died, again = [await post(shop, "/low-tide/variants", wanted, key, **{"If-Match": '"1"'}) for _ in range(2)]
    assert (died.status_code, again.status_code) == (500, 201)
    assert [each["sku"] for each in again.json()["added"]] == ["LOW-M", "LOW-XL"]
    assert (await shown(shop, "low-tide"))["version"] == 2


async def test_one_variant_is_changed_and_only_it_comes_back(shop: Shop):
    await created(shop, status="active")
    small, large = (await shown(shop, "low-tide"))["variants"]
    wish = {"sku": "LOW-SMALL", "option_values": ["Small"], "weight_grams": 90, "position": 9, "taxable": False}
    answer = await patch(shop, small["id"], wish, **{"If-Match": '"1"'})
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"'), answer.text
    changed = answer.json()["variant"]
    assert (answer.json()["version"], changed["id"], changed["sku"]) == (2, small["id"], "LOW-SMALL")
    assert (changed["weight_grams"], changed["title"], changed["requires_shipping"]) == (90, "Small", True)
    assert [each["sku"] for each in (await shown(shop, "low-tide"))["variants"]] == ["LOW-L", "LOW-SMALL"]
    cleared = await patch(shop, small["id"], {"weight_grams": None, "sku": None})
    assert (cleared.json()["variant"]["weight_grams"], cleared.json()["variant"]["sku"]) == (None, "LOW-SMALL")
    refusals = [
        ({"sku": "LOW-L"}, 409, "sku-taken"),
        ({"option_values": ["L"]}, 409, "options-taken"),
        ({"option_values": ["L", "Red"]}, 422, "validation-error"),
        ({"position": 2**63}, 422, "validation-error"),
        ({"colour": "red"}, 422, "validation-error"),
    ]
    for wrong, status, kind in refusals:
        refused = await patch(shop, small["id"], wrong)
        assert (refused.status_code, refused.json()["type"]) == (status, kind)
    assert (await patch(shop, small["id"], {"sku": "X"}, **{"If-Match": '"1"'})).status_code == 412
    other = await created(shop, title="Other", variants=[variant("OTHER", "S")])
    foreign = (await shown(shop, other["slug"]))["variants"][0]["id"]
    assert (await patch(shop, foreign, {"sku": "X"})).status_code == 404
    assert (await shown(shop, "low-tide"))["version"] == 3
    assert large["sku"] == "LOW-L"


async def test_a_retired_variant_is_kept_and_not_sold_and_can_come_back(shop: Shop):
    cheap = variant("LOW-L", "L", prices=[price(100)])
    await created(shop, status="active", variants=[variant("LOW-S", "S", on_hand=1), cheap])
    large = (await shown(shop, "low-tide"))["variants"][1]["id"]
    assert (await patch(shop, large, {"active": False})).json()["variant"]["active"] is False
    public = (await shop.client.get("/api/v1/products/low-tide")).json()
    assert [each["sku"] for each in public["variants"]] == ["LOW-S"]
    assert (await shop.client.get("/api/v1/products")).json()["items"][0]["price_from"]["amount"] == 2500
    assert (await patch(shop, large, {"active": True})).status_code == 200
    assert (await shop.client.get("/api/v1/products")).json()["items"][0]["price_from"]["amount"] == 100
    await books(shop)


async def test_options_are_renamed_reordered_added_and_removed(shop: Shop):
    both = [variant("A", "S", "Red"), variant("B", "Red", "S"), variant("C", "L", "Red")]
    await created(shop, options=["Size", "Colour"], variants=both)

    async def values() -> dict[str, list[str]]:
        return {each["sku"]: each["option_values"] for each in (await shown(shop, "low-tide"))["variants"]}

    # A and B exchange their values.
    turned = await options(shop, [{"name": "Shade", "was": "Colour"}, {"name": "Size", "was": "Size"}])
    assert (turned.status_code, turned.headers["etag"], turned.json()["variants"]) == (200, '"2"', 3)
    assert await values() == {"A": ["Red", "S"], "B": ["S", "Red"], "C": ["Red", "L"]}
    added = await options(shop, [{"name": "Shade", "was": "Shade"}, {"name": "Cut", "value": "Wide"}])
    assert added.json()["type"] == "options-taken"  # A and C would be the same
    assert await values() == {"A": ["Red", "S"], "B": ["S", "Red"], "C": ["Red", "L"]}
    every = [{"name": each, "was": each} for each in ("Shade", "Size")]
    assert (await options(shop, [*every, {"name": "Cut", "value": "Wide"}])).status_code == 200
    assert (await values())["C"] == ["Red", "L", "Wide"]
    refusals: list[tuple[list[dict[str, Any]], str]] = [
        ([{"name": "X", "was": "None"}], "options.0.was"),
        ([*every, {"name": "New"}], "options.2.value"),
        ([*every, every[0]], "body"),
        ([every[0], {"name": "X", "was": "Shade"}], "body"),
    ]
    for wrong, field in refusals:
        refused = await options(shop, wrong)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field), refused.text
    assert (await options(shop, every, **{"If-Match": '"1"'})).status_code == 412
    assert (await shown(shop, "low-tide"))["options"] == ["Shade", "Size", "Cut"]

"""Many who edit at once, and what a write costs."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable

import httpx

from catalog.tests.catalog_state import books
from catalog.tests.editing.bodies import ADMIN, created, post, product, shown, variant
from catalog.tests.shop import Shop
from chassis.testing.databases import database_name
from chassis.testing.statements import Cost, counted

FILL = """
with made as (
    insert into variants (product_id, sku, option_values, position)
    select id, slug || '-' || n, array[n::text], n + 10 from products, generate_series(1, $1) as n returning id
), stocked as (insert into stock (variant_id) select id from made)
insert into variant_prices (variant_id, currency, amount) select id, 'EUR', 1000 from made
"""


async def test_of_many_who_have_read_one_version_one_changes_it(shop: Shop):
    await created(shop)
    url, headers = f"{ADMIN}/low-tide", {**shop.staff, "If-Match": '"1"'}
    variants = (await shown(shop, "low-tide"))["variants"]
    prices = {"currency": "EUR", "prices": [{"sku": "LOW-S", "amount": 1}]}
    works = [
        *(shop.client.patch(url, json={"title": f"By {n}"}, headers=headers) for n in range(4)),
        *(shop.client.put(f"{url}/prices", json=prices, headers=headers) for _ in range(4)),
        *(shop.client.put(f"{url}/options", json={"options": [{"name": "Size", "was": "Size"}]}, headers=headers),),
        *(post(shop, "/low-tide/variants", {"variants": [variant("N", "N")]}, **{"If-Match": '"1"'}),),
        *(
            shop.client.patch(f"{url}/variants/{each['id']}", json={"weight_grams": 1}, headers=headers)
            for each in variants
        ),
    ]
    answers = Counter(answer.status_code for answer in await asyncio.gather(*works))
    assert answers[412] == len(works) - 1
    assert (await shown(shop, "low-tide"))["version"] == 2
    assert len(await shop.events("product.changed")) == 2


async def test_one_slug_and_one_sku_are_given_once(shop: Shop):
    same = [post(shop, "", product(slug="low", variants=[variant(f"S-{n}", "S")])) for n in range(8)]
    there = [variant("ONE", "S"), variant("TWO", "L")]
    skus = [post(shop, "", product(slug=f"low-{n}", variants=there)) for n in range(4)]
    skus += [post(shop, "", product(slug=f"up-{n}", variants=there[::-1])) for n in range(4)]
    for works in (same, skus):
        found = Counter(answer.status_code for answer in await asyncio.gather(*works))
        assert found == {201: 1, 409: 7}
    await books(shop)


async def test_a_product_never_has_more_variants_than_it_can(shop: Shop):
    made = await created(shop, variants=[variant("FIRST", "first")])
    async with shop.db.write() as tx:
        await tx.execute(FILL, 1_994)
    pairs = [[variant(f"V-{n}-{m}", f"{n} {m}") for m in (1, 2)] for n in range(6)]
    works = [post(shop, "/low-tide/variants", {"variants": pair}) for pair in pairs]
    answers = await asyncio.gather(*works)
    assert Counter(answer.status_code for answer in answers) == {201: 2, 409: 4}
    assert {answer.json()["type"] for answer in answers if answer.status_code == 409} == {"too-many-variants"}
    url = f"{ADMIN}/low-tide/variants"
    ids = [each["id"] for each in (await shown(shop, "low-tide"))["variants"][:1]]
    retired = await shop.client.patch(f"{url}/{ids[0]}", json={"active": False}, headers=shop.staff)
    assert retired.status_code == 200
    filled = await post(shop, "/low-tide/variants", {"variants": [variant("A", "A"), variant("B", "B")]})
    assert filled.json()["product"]["variants"] == 2_000
    refused = await shop.client.patch(f"{url}/{ids[0]}", json={"active": True}, headers=shop.staff)
    assert (refused.status_code, refused.json()["limit"]) == (409, 2_000)
    assert made["variants"] == 1


async def cost(shop: Shop, answer: Awaitable[httpx.Response]) -> Cost:
    async with counted(shop.app.bench.postgres, database_name("catalog")) as found:
        assert (await answer).is_success
    # What compares products with rules of collections goes on by itself.
    return found.work("catalog", "catalog.collections.filling")


async def test_a_write_costs_as_many_statements_whatever_number_of_variants_there_is(shop: Shop):
    await created(shop)
    url = f"{ADMIN}/low-tide"
    first = (await shown(shop, "low-tide"))["variants"][0]

    async def costs(name: str, skus: list[str]) -> dict[str, int]:
        prices = {"currency": "EUR", "prices": [{"sku": sku, "amount": 100} for sku in skus]}
        more = [variant(f"{name}-{n}", f"{name} {n}") for n in range(len(skus))]
        new = product(title=name, variants=[{**each, "sku": f"new-{each['sku']}"} for each in more])
        sizes, one = {"options": [{"name": "Size", "was": "Size"}]}, {"weight_grams": len(skus)}
        works = {
            "create": post(shop, "", new),
            "change one": shop.client.patch(f"{url}/variants/{first['id']}", json=one, headers=shop.staff),
            "prices": shop.client.put(f"{url}/prices", json=prices, headers=shop.staff),
            "add": post(shop, "/low-tide/variants", {"variants": more}),
            "options": shop.client.put(f"{url}/options", json=sizes, headers=shop.staff),
        }
        return {work: (await cost(shop, answer)).statements for work, answer in works.items()}

    few = await costs("few", ["LOW-S"])
    async with shop.db.write() as tx:
        await tx.execute(FILL, 200)
    many = await costs("many", [f"low-tide-{n}" for n in range(1, 201)])
    assert few == many
    assert max(many.values()) <= 16, many

"""Edits of many products: what becomes of each, once, whatever happens meanwhile."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import httpx

from catalog.tests.collections.shelf import rule
from catalog.tests.shop import PRINT, Shop, simple
from chassis.resilience import failpoints
from chassis.values import uuid7

EDITS = "/api/v1/admin/products/edits"


async def edit(shop: Shop, slugs: Any, key: str | None = None, **changes: Any) -> httpx.Response:
    headers = {**shop.staff, "Idempotency-Key": key or str(uuid4())}
    return await shop.client.post(EDITS, json=body(slugs, changes), headers=headers)


async def preview(shop: Shop, slugs: Any, **changes: Any) -> httpx.Response:
    return await shop.client.post(f"{EDITS}/previews", json=body(slugs, changes), headers=shop.staff)


def body(slugs: Any, changes: dict[str, Any]) -> dict[str, Any]:
    rows = [{"slug": each} if isinstance(each, str) else {"slug": each[0], "version": each[1]} for each in slugs]
    return {"products": rows, "changes": changes}


async def collection(shop: Shop, slug: str, **fields: Any) -> str:
    headers = {**shop.staff, "Idempotency-Key": str(uuid4())}
    wanted = {"slug": slug, "title": slug, "published": True, **fields}
    made = await shop.client.post("/api/v1/admin/collections", json=wanted, headers=headers)
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


async def rows(shop: Shop, sql: str, *arguments: Any) -> list[dict[str, Any]]:
    async with shop.db.read() as tx:
        return await tx.rows(dict, sql, *arguments)


PRICES = """
select v.sku, p.amount, p.compare_at from variant_prices p join variants v on v.id = p.variant_id
where p.currency = 'EUR' order by v.sku
"""


async def prices(shop: Shop) -> dict[str, tuple[int, int | None]]:
    return {row["sku"]: (row["amount"], row["compare_at"]) for row in await rows(shop, PRICES)}


def steady(answer: httpx.Response) -> list[dict[str, Any]]:
    """Without the versions, which only the edit raises."""
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return [{**each, "after": each["after"] and {**each["after"], "version": 0}} for each in items]


async def test_a_preview_and_the_edit_say_the_same_and_only_the_edit_writes(shop: Shop):
    await shop.stock_up(PRINT, simple("ONE"), simple("TWO", tags=("sea", "old")))
    old, new = await collection(shop, "old"), await collection(shop, "new")
    (two,) = await rows(shop, "select id from products where slug = 'two'")
    put = {"version": 1, "product_ids": [str(two["id"])]}
    url = f"/api/v1/admin/collections/{old}/products"
    assert (await shop.client.put(url, json=put, headers=shop.staff)).status_code == 200
    before = await prices(shop), await shop.events("product.changed")
    slugs = ["tide-no-4", ("one", 9), "none", ("two", 2)]
    changes: dict[str, Any] = {
        "status": "archived", "vendor": "Atelier S\u00fcd", "add_tags": ["sale", "sea"], "remove_tags": ["old"],
        "price": {"currency": "EUR", "percent": -1000, "compare_at": "former"},
        "add_to_collections": [new], "remove_from_collections": [old],
    }  # fmt: skip
    foreseen = await preview(shop, slugs, **changes)
    assert (await prices(shop), await shop.events("product.changed")) == before
    done = await edit(shop, slugs, **changes)
    assert steady(done) == steady(foreseen)
    told = [(each["outcome"], each["problem"]) for each in done.json()["items"]]
    assert told == [("changed", None), ("refused", "version-changed"), ("not_found", None), ("changed", None)]
    assert await prices(shop) == {
        "ONE": (1000, None), "TIDE-30": (2250, 2500), "TIDE-50": (4050, 4500), "TWO": (900, 1000),
    }  # fmt: skip
    sql = "select slug, status, vendor, tags, version from products order by slug"
    found = {row.pop("slug"): row for row in await rows(shop, sql)}
    assert found["two"] == {"status": "archived", "vendor": "Atelier S\u00fcd", "tags": ["sea", "sale"], "version": 3}
    assert found["one"]["version"] == 1
    versions = {each["slug"]: each["after"]["version"] for each in done.json()["items"] if each["after"]}
    assert versions == {slug: row["version"] for slug, row in found.items()}
    sql = """
    select slug from collection_products join products on id = product_id where collection_id = $1 order by position
    """
    assert [row["slug"] for row in await rows(shop, sql, UUID(new))] == ["tide-no-4", "two"]
    assert await rows(shop, sql, UUID(old)) == []
    assert [event["slug"] for event in (await shop.events("product.changed"))[-2:]] == ["tide-no-4", "two"]
    (sums,) = await rows(shop, "select amount_from, amount_to from product_prices where amount_to = 4050")
    assert sums["amount_from"] == 2250
    again = await edit(shop, ["two"], status="archived", add_tags=["sale"], add_to_collections=[new])
    assert [each["outcome"] for each in again.json()["items"]] == ["unchanged"]
    (line,) = await rows(shop, "select before, after from audit_lines where action = 'products.edited'")
    assert sorted(line["after"]) == ["tide-no-4", "two"]


async def test_an_edit_is_done_once_for_its_key_whatever_dies(shop: Shop):
    await shop.stock_up(PRINT)
    key, change = str(uuid4()), {"currency": "EUR", "amount": {"amount": 100, "currency": "EUR"}}
    failpoints.configure("product_edit.written=raise*1")
    try:
        assert (await edit(shop, ["tide-no-4"], key, price=change)).status_code == 500
    finally:
        failpoints.configure("")
    assert (await prices(shop))["TIDE-30"] == (2500, None)
    sent = await asyncio.gather(*(edit(shop, ["tide-no-4"], key, price=change) for _ in range(3)))
    assert {each.status_code for each in sent} <= {200, 409}
    last = await edit(shop, ["tide-no-4"], key, price=change)
    assert last.json()["items"][0]["after"]["price_from"] == {"amount": 2600, "currency": "EUR"}
    assert (await prices(shop))["TIDE-30"] == (2600, None)
    assert (await edit(shop, ["tide-no-4"], key, price={"currency": "EUR", "percent": 1})).status_code == 422


async def test_edits_at_once_lose_nothing(shop: Shop):
    await shop.stock_up(*(simple(sku) for sku in "ABC"))
    new = await collection(shop, "new")
    change = {"currency": "EUR", "amount": {"amount": 10, "currency": "EUR"}}
    both = await asyncio.gather(
        edit(shop, ["a", "b", "c"], price=change, add_tags=["x"]),
        edit(shop, ["c", "b", "a"], price=change, add_to_collections=[new]),
        edit(shop, ["b"], price=change, add_to_collections=[new], vendor="V"),
    )
    assert [each.status_code for each in both] == [200, 200, 200]
    assert {sku: amount for sku, (amount, _) in (await prices(shop)).items()} == {"A": 1020, "B": 1030, "C": 1020}
    assert len(await rows(shop, "select 1 from collection_products")) == 3
    assert {row["version"] for row in await rows(shop, "select version from products")} == {3, 4}


async def test_a_collection_by_rule_and_one_that_is_not_there_are_named(shop: Shop):
    await shop.stock_up(PRINT)
    by_rule = await collection(shop, "by-rule", rule=rule(("tag", "is", "sea")))
    ids = [str(uuid7()), by_rule]
    refused = await edit(shop, ["tide-no-4"], add_to_collections=ids)
    assert refused.status_code == 422
    named = [each["field"] for each in refused.json()["errors"]]
    assert named == [f"changes.add_to_collections.{place}" for place in range(len(ids))]
    reader = shop.app.token(scopes=("catalog:read",))
    assert (await shop.client.post(f"{EDITS}/previews", json=body(["a"], {}), headers=reader)).status_code == 403


async def test_a_moment_to_be_shown_at_is_taken_away_with_the_status(shop: Shop):
    await shop.stock_up(replace(PRINT, status="draft"))
    moment = {"publish_at": "2099-01-01T00:00:00Z"}
    url = "/api/v1/admin/products/tide-no-4/publication"
    set_ = await shop.client.put(url, json=moment, headers=shop.staff)
    assert set_.status_code == 200, set_.text
    done = (await edit(shop, ["tide-no-4"], status="draft")).json()["items"][0]
    assert (done["outcome"], done["before"]["scheduled"], done["after"]["scheduled"]) == ("changed", True, False)
    assert await rows(shop, "select 1 from publications") == []

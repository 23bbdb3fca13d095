"""Sales: what variants cost for a time."""

from __future__ import annotations

import asyncio
import uuid
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from catalog.editing.usecases import apply_sales as sweep
from catalog.tests.editing.bodies import ADMIN, created, post, price, shown, variant
from catalog.tests.shop import Shop
from chassis.resilience import failpoints

MOVE = "update sales set starts_at = starts_at - $1::interval, ends_at = ends_at - $1::interval"


def sale(*amounts: tuple[str, int], begins: int = -60, ends: int = 3600, currency: str = "EUR") -> dict[str, Any]:
    prices = [{"sku": sku, "price": {"amount": amount, "currency": currency}} for sku, amount in amounts]
    now = datetime.now(UTC)
    times = {"starts_at": now + timedelta(seconds=begins), "ends_at": now + timedelta(seconds=ends)}
    return {"name": "Spring", "prices": prices, **{name: each.isoformat() for name, each in times.items()}}


async def plan(shop: Shop, body: dict[str, Any], slug: str = "low-tide", **headers: str) -> httpx.Response:
    return await post(shop, f"/{slug}/sales", body, **headers)


async def rest(shop: Shop) -> None:
    """The service's own sweep rests: the test calls it."""
    async with shop.db.write() as tx:
        await tx.execute("update job_schedule set next_at = now() + interval '1 hour' where name like '%apply_sales'")


async def quoted(shop: Shop, sku: str) -> int:
    body = {"lines": [{"variant_id": str(await shop.variant(sku)), "quantity": 1}], "currency": "EUR"}
    answer = await shop.client.post("/internal/quotes", json=body, headers=shop.orders)
    amount: int = answer.json()["lines"][0]["unit_price"]
    return amount


async def seen(shop: Shop) -> dict[str, tuple[int, int | None]]:
    """What shoppers see: price and compare-at of each variant, and of the list."""
    await shop.app.ctx.cache.invalidate("products")
    found = (await shop.client.get("/api/v1/products/low-tide")).json()["variants"]
    (card,) = (await shop.client.get("/api/v1/products")).json()["items"]

    def money(one: dict[str, Any], name: str) -> tuple[int, int | None]:
        return one[name]["amount"], one["compare_at"] and one["compare_at"]["amount"]

    return {each["sku"]: money(each, "price") for each in found} | {"list": money(card, "price_from")}


async def test_the_lowest_price_of_the_moment_counts_in_quote_product_and_list(shop: Shop):
    await rest(shop)
    large = variant("LOW-L", "L", prices=[price(4500, 5000), price(4900, currency="USD")])
    await created(shop, status="active", variants=[variant("LOW-S", "S"), large])
    before = {"LOW-S": (2500, None), "LOW-L": (4500, 5000), "list": (2500, None)}
    assert await seen(shop) == before
    answer = await plan(shop, sale(("LOW-S", 2000), ("LOW-L", 4600)), **{"If-Match": '"1"'})
    assert (answer.status_code, answer.headers["etag"], answer.json()["prices"]) == (201, '"2"', 2), answer.text
    assert (await plan(shop, sale(("LOW-S", 1900)))).status_code == 201
    assert (await plan(shop, sale(("LOW-L", 10), begins=600))).status_code == 201
    assert await seen(shop) == {"LOW-S": (1900, 2500), "LOW-L": (4500, 5000), "list": (1900, 2500)}
    assert (await quoted(shop, "LOW-S"), await quoted(shop, "LOW-L")) == (1900, 4500)
    cheap = (await shop.client.get("/api/v1/products?max_price=1900")).json()["items"]
    assert [each["slug"] for each in cheap] == ["low-tide"]
    assert (await shown(shop, "low-tide"))["variants"][0]["prices"] == [price(2500)]
    url = answer.headers["location"]
    detail = (await shop.client.get(url, headers=shop.staff)).json()
    assert [(each["sku"], each["price"]["amount"]) for each in detail["prices"]] == [("LOW-S", 2000), ("LOW-L", 4600)]
    assert len((await shop.client.get(f"{ADMIN}/low-tide/sales", headers=shop.staff)).json()["items"]) == 3
    stale = await shop.client.delete(url, headers={**shop.staff, "If-Match": '"1"'})
    assert stale.status_code == 412
    assert (await shop.client.delete(url, headers=shop.staff)).status_code == 204
    for call in (shop.client.delete(url, headers=shop.staff), shop.client.get(url, headers=shop.staff)):
        assert (await call).status_code == 404
    assert (await shown(shop, "low-tide"))["version"] == 5


async def test_a_sale_begins_and_ends_by_its_times_and_the_lists_follow_once(shop: Shop, monkeypatch: Any):
    monkeypatch.setattr(sweep, "BATCH", 1)
    await rest(shop)
    await created(shop, status="active")
    await plan(shop, sale(("LOW-S", 2000), begins=600, ends=1200))
    assert await seen(shop) == {"LOW-S": (2500, None), "LOW-L": (2500, None), "list": (2500, None)}

    async def later(minutes: int) -> None:
        async with shop.db.write() as tx:
            await tx.execute(MOVE, timedelta(minutes=minutes))

    await later(15)
    # The list is late, what it costs is not.
    assert (await seen(shop), await quoted(shop, "LOW-S")) == (
        {"LOW-S": (2000, 2500), "LOW-L": (2500, None), "list": (2500, None)},
        2000,
    )
    await asyncio.gather(*(sweep.apply_sales(shop.app.ctx) for _ in range(4)))
    assert ((await seen(shop))["list"], (await shown(shop, "low-tide"))["version"]) == ((2000, 2500), 3)
    await later(15)
    assert await quoted(shop, "LOW-S") == 2500
    await asyncio.gather(*(sweep.apply_sales(shop.app.ctx) for _ in range(4)))
    assert ((await seen(shop))["list"], (await shown(shop, "low-tide"))["version"]) == ((2500, None), 4)
    assert (await shop.client.get(f"{ADMIN}/low-tide/sales", headers=shop.staff)).json() == {"items": []}
    assert len(await shop.events("product.changed")) == 4
    async with shop.db.read() as tx:
        assert await tx.value("select count(*) from sale_prices") == 0


async def test_what_is_no_sale_is_refused_and_changes_nothing(shop: Shop):
    await created(shop)
    twice = sale(("LOW-S", 1), ("LOW-S", 2))
    refusals = [
        (sale(("NONE", 1)), "prices.0.sku"),
        (sale(("LOW-S", 10**12)), "prices.0.price.amount"),
        (sale(("LOW-S", 1), currency="XXX"), "prices.0.price.currency"),
        (sale(("LOW-S", 1), begins=-60, ends=-30), "ends_at"),
        (sale(("LOW-S", 1), begins=60, ends=60), "body"),
        (sale(), "prices"),
        (twice, "body"),
        ({**twice, "name": "a\u0000"}, "name"),
    ]
    for body, field in refusals:
        refused = await plan(shop, body)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field), refused.text
    assert (await plan(shop, sale(("LOW-S", 1)), slug="none")).status_code == 404
    for path in ("none/sales", f"none/sales/{uuid.uuid4()}"):
        assert (await shop.client.get(f"{ADMIN}/{path}", headers=shop.staff)).status_code == 404
    assert (await shown(shop, "low-tide"))["version"] == 1


async def test_a_product_never_has_more_sales_than_it_can_and_a_key_plans_one(shop: Shop):
    await created(shop)
    key, body = str(uuid.uuid4()), sale(("LOW-S", 1))
    failpoints.configure("sale.planned=raise*1")
    answers = [await post(shop, "/low-tide/sales", body, key) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [500, 201, 201]
    found = await asyncio.gather(*(plan(shop, sale(("LOW-S", 1))) for _ in range(22)))
    assert Counter(answer.status_code for answer in found) == {201: 19, 409: 3}
    assert {answer.json()["type"] for answer in found if answer.status_code == 409} == {"too-many-sales"}

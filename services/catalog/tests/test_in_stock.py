"""Whether a product is in stock stands with its prices, and is what its variants' stock says after every change."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import asyncpg

from catalog.api.schemas.public import ProductPage, ProductView
from catalog.importing import MediaDraft
from catalog.tests.catalog_state import WRONG
from catalog.tests.shop import PRINT, Shop, simple
from chassis.testing import eventually
from chassis.values import uuid7

PRODUCTS = "/api/v1/products"
SELL_OUT = "update stock set on_hand = 0 from variants v where v.id = variant_id and v.sku = $1"
WAITING = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"


async def flags(shop: Shop, slug: str = "tide-no-4") -> dict[str, bool]:
    """By currency; right, too."""
    async with shop.db.read() as tx:
        sql = "select currency, in_stock from product_prices join products on id = product_id where slug = $1"
        assert await tx.value(WRONG) == 0
        rows: list[dict[str, Any]] = await tx.rows(dict, sql, slug)
    return {row["currency"]: row["in_stock"] for row in rows}


async def test_in_stock_changes_with_reservations_and_their_ends(shop: Shop):
    await shop.stock_up(PRINT)
    assert await flags(shop) == {"EUR": True}
    small, large = uuid7(), uuid7()
    await shop.reserve(small, TIDE_30=10)
    assert await flags(shop) == {"EUR": True}
    await shop.reserve(large, TIDE_50=5)
    assert await flags(shop) == {"EUR": False}
    await shop.release(large)
    assert await flags(shop) == {"EUR": True}
    await shop.commit(small)
    await shop.reserve(TIDE_50=5)
    assert await flags(shop) == {"EUR": False}


async def test_in_stock_changes_with_counts_and_imports(shop: Shop):
    await shop.stock_up(PRINT, simple("FREE", 0, tracked=False))
    only_small = replace(PRINT, variants=(replace(PRINT.variants[0], price=2900),), whole=False)
    await shop.stock_up(only_small, currency="USD")
    for sku, units in (("TIDE-30", 0), ("TIDE-50", 1)):
        await shop.client.put(f"/api/v1/admin/stock/{sku}", json={"on_hand": units}, headers=shop.staff)
    assert await flags(shop) == {"EUR": True, "USD": False}
    await shop.client.put("/api/v1/admin/stock/TIDE-30", json={"on_hand": 0, "backorder": True}, headers=shop.staff)
    assert await flags(shop) == {"EUR": True, "USD": True}
    prices = {"currency": "EUR", "prices": [{"sku": "TIDE-30", "amount": None}]}
    await shop.client.put(f"{PRODUCTS.replace('v1', 'v1/admin')}/tide-no-4/prices", json=prices, headers=shop.staff)
    await shop.client.put("/api/v1/admin/stock/TIDE-50", json={"on_hand": 0}, headers=shop.staff)
    assert await flags(shop) == {"EUR": False, "USD": True}
    await shop.stock_up(replace(PRINT, variants=PRINT.variants[1:]))
    assert await flags(shop) == {"EUR": False}
    assert await flags(shop, "free") == {"EUR": True}


async def test_two_who_each_sell_out_another_variant_at_once_leave_it_sold_out(shop: Shop):
    await shop.stock_up(PRINT)
    first, second = [await asyncpg.connect(shop.app.db_owner_url) for _ in range(2)]
    begun = first.transaction()
    await begun.start()
    await first.execute(SELL_OUT, "TIDE-30")
    await first.execute("set constraints all immediate")
    other = asyncio.create_task(second.execute(SELL_OUT, "TIDE-50"))

    async def waits() -> bool:
        return bool(await first.fetchval(WAITING))

    await eventually(waits, what="the second one to wait for the first")
    await begun.commit()
    await other
    assert await flags(shop) == {"EUR": False}
    for connection in (first, second):
        await connection.close()


async def test_stock_that_still_suffices_writes_nothing_to_the_product(shop: Shop):
    await shop.stock_up(PRINT)
    async with shop.db.read() as tx:
        before = await tx.value("select xmin::text from product_prices")
        assert (await shop.reserve(TIDE_30=9)).status_code == 200
        assert await tx.value("select xmin::text from product_prices") == before
        assert (await shop.reserve(TIDE_30=1)).status_code == 200
        await shop.reserve(TIDE_50=5)
        assert await tx.value("select xmin::text from product_prices") != before


async def test_answers_have_the_bytes_of_their_models(shop: Shop):
    pictures = (
        MediaDraft(source_url="https://shop.example/tide.jpg", alt="Waves"),
        MediaDraft(source_url="https://x/y"),
    )
    odd = replace(PRINT, slug="odd", title='Ü "q" \\ 😀', description_html="<p>\t\n\x7f é</p>", media=pictures)
    variants = (replace(PRINT.variants[0], sku="ODD", image=pictures[1].key), replace(PRINT.variants[1], sku="ODD-2"))
    await shop.stock_up(replace(odd, variants=variants), simple("PLAIN", 0, compare_at=2000))
    async with shop.db.write() as tx:
        sizes = "width = 2000, height = 1333, widths = '{320,640,2000}'"
        await tx.execute(
            f"update media set digest = repeat('a', 64), content_type = 'image/webp', {sizes} where alt = $1", "Waves"
        )
    body = (await shop.client.get(PRODUCTS, params={"limit": 1})).content
    assert ProductPage.model_validate_json(body).model_dump_json().encode() == body
    for slug in ("odd", "plain"):
        body = (await shop.client.get(f"{PRODUCTS}/{slug}")).content
        assert ProductView.model_validate_json(body).model_dump_json().encode() == body

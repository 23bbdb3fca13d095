"""What reads and reservations cost in PostgreSQL. A change that costs more is red; none of it is a matter of time."""

from __future__ import annotations

import json
from collections.abc import Awaitable
from typing import Any

import asyncpg
import httpx
import pytest

from catalog.store import browse
from catalog.tests.shop import PRINT, Shop
from chassis.testing.counts import RecordCount
from chassis.testing.databases import database_name
from chassis.testing.statements import Cost, counted
from chassis.values import uuid7

PRODUCTS = "/api/v1/products"
# The test's own look-up, the sweep of lapsed reservations, and what compares products with rules of collections.
NOT_COUNTED = (
    "select id from variants where sku",
    "select coalesce(array_agg(order_id order by order_id)",
    "catalog.collections.filling",
)


async def cost(shop: Shop, answer: Awaitable[httpx.Response], status: int = 200) -> Cost:
    """Of one request, by the service's pools."""
    async with counted(shop.app.bench.postgres, database_name("catalog")) as found:
        assert (await answer).status_code == status
    return found.work("catalog", *NOT_COUNTED)


@pytest.mark.parametrize(
    ("path", "statements"),
    [
        (PRODUCTS, 1),
        (f"{PRODUCTS}?sort=title&limit=100", 1),
        (f"{PRODUCTS}?in_stock=true&type=Print&min_price=1&sort=-price", 1),
        (f"{PRODUCTS}?search=tide&limit=1", 3),
        (f"{PRODUCTS}/tide-no-4", 1),
    ],
)
async def test_a_read_has_a_fixed_number_of_statements_and_none_from_the_cache(
    shop: Shop, path: str, statements: int, record_count: RecordCount
):
    await shop.stock_up(PRINT)
    missed = await cost(shop, shop.client.get(path))
    again = await cost(shop, shop.client.get(path))
    record_count(f"GET {path}", statements_uncached=missed.statements, statements_cached=again.statements)
    assert (missed.statements, missed.begun, missed.commits) == (statements, 0, 0), missed.told()
    assert again.statements == 0


async def test_reserving_selling_and_giving_back_are_one_statement_each_with_its_event_and_a_commit(
    shop: Shop, record_count: RecordCount
):
    await shop.stock_up(PRINT)
    sold, given_up = uuid7(), uuid7()
    steps = {
        "reserving": shop.reserve(sold, TIDE_30=2),
        "selling": shop.commit(sold),
        "reserving again": shop.reserve(given_up, TIDE_30=1),
        "giving back": shop.release(given_up),
    }
    for name, step in steps.items():
        found = await cost(shop, step)
        lookups = sum("select id from variants" in each.sql for each in found.ran)  # the test's own, of its SKU
        record_count(name, statements=found.statements - lookups, events=found.events)
        assert (found.statements - lookups, found.begun, found.commits) == (4, 1, 1), found.told()
        assert found.events == 1
        assert found.wal_bytes < 6_000


async def test_an_order_that_cannot_be_had_is_refused_in_one_transaction_more(shop: Shop):
    await shop.stock_up(PRINT)
    found = await cost(shop, shop.reserve(TIDE_30=11), 409)
    assert (found.statements, found.begun, found.events) == (8, 2, 0), found.told()


MANY = """
with product as (
    insert into products (slug, title, status)
    select 'product-' || n, md5(n::text), 'active' from generate_series(1, 3000) as n returning id
), variant as (
    insert into variants (product_id, sku, option_values, position) select id, id::text, '{}', 1 from product
    returning id, product_id
), stock as (insert into stock (variant_id, on_hand) select id, 10 from variant), price as (
    insert into variant_prices (variant_id, currency, amount) select id, 'EUR', 1000 from variant
)
insert into product_prices (product_id, currency, amount_from, amount_to)
select product_id, 'EUR', 1000, 1000 from variant
"""


class Explained:
    """Explains statements in place of running them; `blocks`: what the last one read."""

    def __init__(self, connection: asyncpg.Connection[Any]) -> None:
        self._connection = connection
        self.blocks = 0

    async def rows(self, _into: type, sql: str, *arguments: object) -> list[Any]:
        plan = await self._connection.fetchval(f"explain (analyze, buffers, format json) {sql}", *arguments)
        found = json.loads(plan)[0]["Plan"]
        self.blocks = found["Shared Hit Blocks"] + found["Shared Read Blocks"]
        return []


@pytest.mark.parametrize("sort", ["newest", "title", "price", "-price"])
async def test_a_page_in_the_middle_of_a_long_list_reads_few_blocks_by_every_sort(shop: Shop, sort: Any):
    owner = await asyncpg.connect(shop.app.db_owner_url)
    await owner.execute(MANY)
    await owner.execute("analyze")
    middle = "select product_id, sort_title from product_search order by product_id limit 1 offset 1500"
    ((product_id, title),) = await owner.fetch(middle)
    places: dict[str, tuple[Any, ...]] = {"newest": (product_id,), "title": (title, product_id)}
    explained: Any = Explained(owner)
    after = places.get(sort, (1000, product_id))
    await browse.cards(explained, browse.Filters("EUR"), sort=sort, after=after, limit=21)
    await owner.close()
    assert 20 < explained.blocks < 500

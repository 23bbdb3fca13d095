"""What reads and reservations cost in PostgreSQL. A change that costs more is red; none of it is a matter of time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from pathlib import Path
from typing import Any

import httpx
import pytest

from catalog.tests.shop import PRINT, Shop
from chassis.testing import running_app
from chassis.testing.databases import database_name
from chassis.testing.keys import Bench
from chassis.testing.statements import Cost, counted
from chassis.values import uuid7

PRODUCTS = "/api/v1/products"
# The test's own look-up, and the sweep of lapsed reservations.
NOT_COUNTED = ("select id from variants where sku", "select coalesce(array_agg(order_id order by order_id)")


@pytest.fixture(params=["", "tests"], ids=["nobody-follows", "followed"])
async def any_shop(bench: Bench, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Shop]:
    own: dict[str, Any] = {"media_dir": tmp_path / "media", "followed_by": request.param}
    async with running_app("catalog", bench, **own) as app:
        shop = Shop(app)
        await shop.stock_up(PRINT)
        yield shop


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
async def test_a_read_is_so_many_statements_and_none_at_all_from_the_cache(shop: Shop, path: str, statements: int):
    await shop.stock_up(PRINT)
    missed = await cost(shop, shop.client.get(path))
    assert (missed.statements, missed.begun, missed.commits) == (statements, 0, 0), missed.told()
    assert (await cost(shop, shop.client.get(path))).statements == 0


async def test_reserving_selling_and_giving_back_are_one_statement_each_and_a_commit(any_shop: Shop):
    sold, given_up = uuid7(), uuid7()
    steps = [
        any_shop.reserve(sold, TIDE_30=2),
        any_shop.commit(sold),
        any_shop.reserve(given_up, TIDE_30=1),
        any_shop.release(given_up),
    ]
    for step in steps:
        found = await cost(any_shop, step)
        lookups = sum("select id from variants" in each.sql for each in found.ran)  # the test's own, of its SKU
        followed = any_shop.db.followed
        assert (found.statements - lookups, found.begun, found.commits) == (4 if followed else 1, followed, 1), (
            found.told()
        )
        assert found.events == followed
        assert found.wal_bytes < 6_000


async def test_an_order_that_cannot_be_had_is_refused_in_one_transaction_more(any_shop: Shop):
    found = await cost(any_shop, any_shop.reserve(TIDE_30=11), 409)
    expected = (8, 2, 0) if any_shop.db.followed else (6, 1, 0)
    assert (found.statements, found.begun, found.events) == expected, found.told()

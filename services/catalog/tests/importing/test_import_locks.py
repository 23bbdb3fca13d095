"""An import that sets prices and stock, while somebody buys the last piece."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from catalog.domain.stock import HoldRequest
from catalog.importing import ImportOptions, import_products, products
from catalog.importing.stock import overwrite_stock
from catalog.tests.shop import Shop, simple
from catalog.usecases.reserve_stock import reserve_all
from chassis.testing import eventually
from chassis.values import uuid7

WAITING = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
DEADLOCKS = "select deadlocks from pg_stat_database where datname = current_database()"


async def test_an_import_does_not_deadlock_with_a_reservation_of_the_last_units(
    shop: Shop, replicas, monkeypatch: pytest.MonkeyPatch
):
    await shop.stock_up(simple("HOT", 1))
    hot = await shop.variant("HOT")
    before = await value(shop, DEADLOCKS)
    priced, go = asyncio.Event(), asyncio.Event()
    tries = []

    async def later(tx, plans, batch):
        tries.append(tx)
        priced.set()
        await go.wait()
        await overwrite_stock(tx, plans, batch)

    monkeypatch.setattr(products, "overwrite_stock", later)
    importing = asyncio.create_task(
        import_products(replicas[0], [simple("HOT", 5, price=2000)], ImportOptions("EUR", overwrite_stock=True))
    )
    await priced.wait()
    buying = asyncio.create_task(reserve_all(replicas[1], [HoldRequest(uuid7(), {hot: 1}, timedelta(minutes=5))]))
    await eventually(lambda: value(shop, WAITING), what="the buyer waits for a lock")
    go.set()
    await asyncio.gather(importing, buying)
    assert len(tries) == 1
    assert await value(shop, DEADLOCKS) == before


async def value(shop: Shop, sql: str) -> int:
    async with shop.db.read() as tx:
        found: int = await tx.value(sql)
    return found

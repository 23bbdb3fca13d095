"""Orders, when another database went back in time, or its own did, beside the real catalog and payments."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import cast

import asyncpg
import httpx
import pytest

from chassis.outbox import Event
from chassis.testing import eventually
from chassis.testing.databases import database_name
from chassis.values import uuid7
from orders import after_restore as module
from orders.after_restore import after_restore
from orders.checkout.usecases.give_up_unknown import GiveUp, give_up_unknown
from orders.checkout.usecases.reconcile_stock import Reconcile, reconcile_stock
from orders.consumers import restored
from orders.events import PaymentRestored
from orders.tests.conftest import NEIGHBOURS

NO_EVENT = cast("Event", None)


@pytest.fixture
def payments(neighbours, bench):
    """Asks payments, as orders does."""
    token = bench.keyring.service_token("orders", "payments")

    def ask(method: str, path: str, **options) -> httpx.Response:
        url = f"{neighbours[1].url}/internal/payments{path}"
        return httpx.request(method, url, headers={"Authorization": f"Bearer {token}"}, timeout=60, **options)

    return ask


def reserved(shelves, order_id, lines) -> httpx.Response:
    """As orders asks the catalog."""
    body = {"order_id": str(order_id), "lines": lines, "hold_seconds": 900}
    headers = {"Authorization": f"Bearer {shelves.bench.keyring.service_token('orders', 'catalog')}"}
    return httpx.post(f"{shelves.url}/internal/reservations", json=body, headers=headers, timeout=60)


async def told(shop, order_id):
    """As payments tells after a restore that it has a payment of this order."""
    async with shop.service.ctx.db.write() as tx:
        await restored(shop.service.ctx, tx, NO_EVENT, PaymentRestored(order_id=order_id))


async def test_payment_and_stock_of_an_order_that_was_lost_are_given_up(shop, shelves, payments):
    article, order_id = shelves.article(stock=3), uuid7()
    lines = [{"variant_id": article.variant_id, "quantity": 2}]
    assert reserved(shelves, order_id, lines).is_success
    assert payments("POST", "", json={"order_id": str(order_id), "amount": 5000, "currency": "EUR"}).is_success
    await told(shop, order_id)
    await eventually(lambda: payments("GET", f"/{order_id}").json()["status"] == "cancelled", what="the cancellation")
    await eventually(lambda: shelves.level(article) == (3, 0), what="the stock")
    await give_up_unknown(shop.service.ctx, GiveUp(order_id))


async def test_an_order_that_is_known_keeps_its_payment(shop, shelves, payments):
    placed = await shop.place((shelves.article(), 1))
    await told(shop, placed.id)
    await give_up_unknown(shop.service.ctx, GiveUp(placed.id))
    assert payments("GET", f"/{placed.id}").json()["status"] == "requires_payment"
    assert await shop.value("select count(*) from jobs where name = 'orders.give_up_unknown'") == 0


async def test_what_the_catalog_has_forgotten_is_sold_again(shop, shelves, bench):
    article = shelves.article(stock=3)
    placed = await shop.place((article, 2))
    await shop.paid(placed)
    assert shelves.level(article) == (1, 0)
    await forgotten(bench, placed.id, article, on_hand=3)
    said = await after_restore(shop.service.ctx, datetime.now(UTC) - timedelta(seconds=5))
    assert said[0] == "The stock of 1 orders is compared with the catalog as soon as both serve."
    assert said[1].startswith("Who was erased since is erased again")
    await eventually(lambda: shelves.level(article) == (1, 0), what="the sale")
    await reconcile_stock(shop.service.ctx, Reconcile(placed.id))
    assert shelves.level(article) == (1, 0)


async def test_orders_since_the_day_before_are_enqueued_a_part_at_a_time(shop, shelves, monkeypatch):
    monkeypatch.setattr(module, "AT_ONCE", 2)
    article = shelves.article(stock=10)
    await shop.place((article, 1))
    moment = await shop.value("select clock_timestamp()") + module.BEFORE
    for _ in range(5):
        await shop.place((article, 1))
    assert (await after_restore(shop.service.ctx, moment))[0].startswith("The stock of 5 orders ")


async def test_a_paid_order_whose_stock_was_sold_to_another_is_shown_to_staff(shop, shelves, bench):
    article = shelves.article(stock=2)
    placed = await shop.place((article, 2))
    await shop.paid(placed)
    await forgotten(bench, placed.id, article, on_hand=1)
    for _ in range(2):
        await reconcile_stock(shop.service.ctx, Reconcile(placed.id))
    assert await shop.value("select attention from orders where id = $1", placed.id) == "paid_without_stock"
    assert (await shop.history(placed)).count("stock_lost") == 1
    assert await shop.status(placed) == "paid"


async def forgotten(bench, order_id, article, on_hand):
    """As if the catalog had been restored to a moment before the order."""
    connection = await asyncpg.connect(bench.postgres.url(database_name("catalog", NEIGHBOURS)))
    try:
        await connection.execute("delete from stock_movements where order_id = $1", order_id)
        await connection.execute("delete from reservations where order_id = $1", order_id)
        await connection.execute("update stock set on_hand = $2 where variant_id = $1", article.variant_id, on_hand)
    finally:
        await connection.close()

"""Orders that staff place for a customer: by an id, without limits of holds, as long as they say."""

from __future__ import annotations

import asyncio
from datetime import datetime
from uuid import UUID, uuid4

import httpx
import pytest

from chassis.values import Money, uuid7
from orders.checkout import CustomerOrder, Order, OrderRequest, find_order, place_for_customer
from orders.problems import OutOfStock, PriceChanged
from orders.quantities import VariantQuantity
from orders.tests.shelves import Article
from orders.tests.shop import ADDRESS, SHIPPING, Shop

STAFF = uuid7()
WEEKS = 14 * 86_400


def wanted(article: Article, quantity: int = 1, **changed: object) -> CustomerOrder:
    fields = {
        "email": "ada@example.com",
        "shipping_address": ADDRESS,
        "expected_total": Money(article.price * quantity + SHIPPING, "EUR"),
        "lines": [VariantQuantity(UUID(article.variant_id), quantity)],
        "currency": "EUR",
        **changed,
    }
    return CustomerOrder(uuid7(), STAFF, uuid4(), OrderRequest(**fields), WEEKS)  # type: ignore[arg-type]


async def facts(shop: Shop, order: Order) -> tuple[int, int, object]:
    """Its orders and events of its placing, and who placed it."""
    sql = """
    select array[(select count(*) from orders where id = $1), (select count(*) from order_events where order_id = $1
        and kind = 'placed')]
    """
    counted = await shop.value(sql, order.id)
    actor = await shop.value("select actor from order_events where order_id = $1 and version = 1", order.id)
    return (*counted, actor)


def held_until(shop: Shop, order: Order) -> datetime:
    """Until when the catalog holds its stock: the same request again gets the same answer."""
    lines = [{"variant_id": str(line.variant_id), "quantity": line.quantity} for line in order.lines]
    body = {"order_id": str(order.id), "lines": lines, "hold_seconds": 1}
    token = shop.shelves.bench.keyring.service_token("orders", "catalog")
    headers = {"Authorization": f"Bearer {token}"}
    answer = httpx.post(f"{shop.shelves.url}/internal/reservations", json=body, headers=headers, timeout=60)
    return datetime.fromisoformat(answer.json()["expires_at"])


async def test_staff_place_an_order_once_for_an_id(shop: Shop) -> None:
    asked = wanted(shop.shelves.article(stock=9), 2)
    ctx = shop.service.ctx
    placed = await asyncio.gather(*(place_for_customer(ctx, asked) for _ in range(4)))
    assert {order.id for order in placed} == {asked.order_id}
    order = await place_for_customer(ctx, asked)
    assert (order.status, order.account_id, order.hold_seconds) == ("pending_payment", asked.account_id, WEEKS)
    assert await facts(shop, order) == (1, 1, STAFF)
    assert await shop.value("select count(*) from order_holds where order_id = $1", order.id) == 0
    assert held_until(shop, order) > order.expires_at


async def test_a_price_or_stock_that_changed_places_nothing(shop: Shop) -> None:
    article = shop.shelves.article(stock=1)
    ctx = shop.service.ctx
    for asked, refusal in (
        (wanted(article, expected_total=Money(1, "EUR")), PriceChanged),
        (wanted(article, 2), OutOfStock),
    ):
        with pytest.raises(refusal):
            await place_for_customer(ctx, asked)
        async with ctx.db.read() as tx:
            assert await find_order(tx, asked.order_id) is None

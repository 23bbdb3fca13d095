"""Checkout from end to end: the catalog, the payment service and Stripe's double are real processes."""

from __future__ import annotations

from uuid import uuid4

from orders.tests.double import DECLINED
from orders.tests.shop import Shop


async def test_a_guest_orders_pays_and_gets_a_mail(shop: Shop) -> None:
    article = shop.shelves.article(price="25.00", stock=10)
    placed = await shop.place((article, 2))
    order = placed.body["order"]
    assert (order["status"], order["subtotal"], order["shipping"], order["total"]) == (
        "pending_payment",
        5000,
        500,
        5500,
    )
    assert shop.shelves.level(article) == (10, 2)
    await shop.paid(placed)
    assert shop.shelves.level(article) == (8, 0)
    (intent,) = shop.double.intents_of(placed.id)
    assert (intent["status"], intent["amount_received"], intent["captures"]) == ("succeeded", 5500, 1)
    assert await shop.history(placed) == ["placed", "prepared", "authorised", "stock_committed", "captured"]
    mail = await shop.mail()
    assert mail["Subject"] == f"Your order {order['number']} is paid"
    text = mail.get_body(("plain",)).get_content()
    assert "55.00 EUR" in text
    assert f"http://localhost:8080/orders/{placed.id}" in text
    assert await shop.value("select array_agg(type order by version) from outbox") == ["order.placed", "order.paid"]


async def test_a_customer_is_declined_and_pays_with_another_card(shop: Shop) -> None:
    article = shop.shelves.article(stock=3)
    customer = shop.customer(uuid4())
    placed = await shop.place((article, 1), headers=customer)
    assert "order_token" not in placed.body
    assert shop.double.pay(placed.secret, DECLINED).status_code == 402
    await shop.paid(placed)
    assert shop.shelves.level(article) == (2, 0)
    assert "declined" in await shop.history(placed)
    listed = (await shop.client.get("/api/v1/orders", headers=customer)).json()
    assert [order["id"] for order in listed["items"]] == [placed.id]

"""Checkout from end to end: the catalog, the payment service and Stripe's double are real processes."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from chassis.testing import eventually
from orders.tests.double import DECLINED
from orders.tests.shop import Placed, Shop, amounts, order_of


async def test_a_guest_orders_pays_and_gets_a_mail(shop: Shop) -> None:
    article = shop.shelves.article(price="25.00", stock=10)
    placed = await shop.place((article, 2))
    order = placed.body["order"]
    assert order["status"] == "pending_payment"
    assert amounts(order, "subtotal", "shipping", "total") == (5000, 500, 5500)
    assert shop.shelves.level(article) == (10, 2)
    await shop.paid(placed)
    assert shop.shelves.level(article) == (8, 0)
    (intent,) = shop.double.intents_of(placed.id)
    assert (intent["status"], intent["amount_received"], intent["captures"]) == ("succeeded", 5500, 1)
    assert await shop.history(placed) == ["placed", "prepared", "authorised", "stock_committed", "captured"]
    mail = await shop.mail()
    assert mail["Subject"] == f"Your order {order['number']} is paid"
    text = mail.get_body(("plain",)).get_content()
    assert "Total: €55.00" in text
    assert f"http://localhost:8080/orders/{placed.id}" in text
    assert await shop.value("select array_agg(type order by version) from outbox") == ["order.placed", "order.paid"]


async def test_a_customer_is_declined_and_pays_with_another_card(shop: Shop) -> None:
    article = shop.shelves.article(stock=3)
    customer = shop.customer(uuid4())
    placed = await shop.place((article, 1), headers=customer)
    assert "order_token" not in placed.body
    assert shop.double.pay(placed.secret, DECLINED).status_code == 402

    async def told() -> bool:
        return "declined" in await shop.history(placed)

    await eventually(told, 60, "the decline")
    assert await shop.status(placed) == "pending_payment"
    await shop.paid(placed)
    assert shop.shelves.level(article) == (2, 0)
    listed = (await shop.client.get("/api/v1/orders", headers=customer)).json()
    assert [order["id"] for order in listed["items"]] == [placed.id]


async def test_what_is_sold_out_is_refused_for_good_and_names_the_line(shop: Shop) -> None:
    article = shop.shelves.article(stock=1)
    headers = {"Idempotency-Key": str(uuid4())}
    for _ in range(2):
        answer = await shop.post_order(order_of((article, 2)), headers)
        body = answer.json()
        assert (answer.status_code, body["type"]) == (409, "out-of-stock")
        assert body["lines"] == [{"sku": article.sku, "requested": 2, "available": 1}]
    assert answer.headers["idempotent-replayed"] == "true"
    assert shop.shelves.level(article) == (1, 0)
    assert await shop.value("select count(*) from orders") == 0


async def test_orders_above_the_stock_are_refused_and_keep_their_carts(shop: Shop) -> None:
    article = shop.shelves.article(stock=3)
    keys = [await shop.cart((article, 1)) for _ in range(10)]
    answers = await asyncio.gather(*(shop.post_order(order_of(), key) for key in keys))
    assert sorted(answer.status_code for answer in answers) == [201] * 3 + [409] * 7
    assert {answer.json()["type"] for answer in answers if answer.status_code == 409} == {"out-of-stock"}
    assert shop.shelves.level(article) == (3, 3)
    for key, answer in zip(keys, answers, strict=True):
        cart = await shop.client.get("/api/v1/cart", headers=key)
        assert cart.status_code == 200
        waiting = answer.json()["order"]["id"] if answer.status_code == 201 else None
        assert (cart.json()["order_id"], len(cart.json()["lines"])) == (waiting, 0 if waiting else 1)
    refused = await shop.value(
        "select count(*) from orders where status = 'cancelled' and cancel_reason = 'out_of_stock'"
    )
    assert await shop.value("select count(*) from orders") == 3 + refused
    assert await shop.value("select count(*) from orders where next_attempt_at is null") == refused


async def test_without_stock_an_authorised_payment_is_voided(shop: Shop) -> None:
    article = shop.shelves.article(stock=1)
    placed = await shop.place((article, 1))
    assert shop.shelves.post_internal("release", placed.id).status_code == 200
    assert shop.double.pay(placed.secret).status_code == 200
    await shop.until(placed, "cancelled")
    (intent,) = shop.double.intents_of(placed.id)
    assert (intent["status"], intent["amount_received"]) == ("canceled", 0)
    assert (await shop.client.get(f"/api/v1/orders/{placed.id}", headers=placed.key)).json()[
        "cancel_reason"
    ] == "stock_lost"
    assert "sold" in (await shop.mail()).get_body(("plain",)).get_content()
    assert shop.shelves.level(article) == (1, 0)


async def test_a_customer_cancels_and_everything_goes_back(shop: Shop) -> None:
    article = shop.shelves.article(stock=2)
    placed = await shop.place((article, 2))
    for _ in range(2):
        answer = await shop.client.post(f"/api/v1/orders/{placed.id}/cancel", headers=placed.key)
        assert (answer.status_code, answer.json()["cancel_reason"]) == (200, "cancelled_by_customer")
    await shop.until(placed, "cancelled")
    assert shop.shelves.level(article) == (2, 0)
    assert shop.double.pay(placed.secret).status_code == 400
    assert "you asked for it" in (await shop.mail()).get_body(("plain",)).get_content()
    assert await shop.value("select array_agg(type order by version) from outbox") == [
        "order.placed",
        "order.cancelled",
    ]


async def test_a_paid_order_cannot_be_cancelled(shop: Shop) -> None:
    placed = await shop.place((shop.shelves.article(), 1))
    await shop.paid(placed)
    answer = await shop.client.post(f"/api/v1/orders/{placed.id}/cancel", headers=placed.key)
    assert (answer.status_code, answer.json()["type"], answer.json()["order_status"]) == (
        409,
        "order-not-cancellable",
        "paid",
    )
    assert await shop.status(placed) == "paid"
    payment = await shop.client.get(f"/api/v1/orders/{placed.id}/payment", headers=placed.key)
    assert payment.json() == {"status": "paid", "payment": None, "payment_instructions": None, "payment_notice": None}


async def test_without_the_provider_an_order_waits_and_goes_on(shop: Shop) -> None:
    article = shop.shelves.article(stock=1)
    shop.double.faults(fail_before_commit=100, operation="create")
    placed = await shop.place((article, 1))
    assert (placed.body["order"]["status"], placed.body["payment"]) == ("placed", None)
    assert shop.shelves.level(article) == (1, 1)
    shop.double.faults()
    await shop.due()
    await shop.until(placed, "pending_payment")
    answer = await shop.client.get(f"/api/v1/orders/{placed.id}/payment", headers=placed.key)
    assert answer.headers["cache-control"] == "no-store"
    assert shop.double.pay(answer.json()["payment"]["client_secret"]).status_code == 200
    await shop.until(placed, "paid")


async def test_a_payment_that_the_provider_refuses_ends_the_order_at_once_without_the_sweep(shop: Shop) -> None:
    await shop.hold_sweep()
    article = shop.shelves.article(price="9999999999.00", stock=1)
    headers = {"Idempotency-Key": str(uuid4())}
    for _ in range(2):
        answer = await shop.post_order(order_of((article, 1)), headers)
        assert (answer.status_code, answer.json()["type"]) == (422, "payment-refused"), answer.text

    async def ended() -> bool:
        return bool(await shop.value("select bool_and(status = 'cancelled') from orders"))

    await eventually(ended, 60)
    assert shop.shelves.level(article) == (1, 0)


class TestAbandoned:
    @pytest.fixture
    def overrides(self) -> dict[str, object]:
        return {"hold_seconds": 1}

    async def test_an_abandoned_order_gives_its_stock_back(self, shop: Shop) -> None:
        article = shop.shelves.article(stock=4)
        key = await shop.cart((article, 4))
        await shop.hold_sweep()
        answer = await shop.post_order(order_of(), key)
        placed = Placed(answer.json(), {"Order-Token": answer.json()["order_token"]})
        assert shop.shelves.level(article) == (4, 4)
        await shop.hold_sweep(0)
        await shop.until(placed, "cancelled")
        assert shop.shelves.level(article) == (4, 0)
        assert shop.double.intents_of(placed.id)[0]["status"] == "canceled"
        assert "not paid in time" in (await shop.mail()).get_body(("plain",)).get_content()
        cart = (await shop.client.get("/api/v1/cart", headers=key)).json()
        assert [line["quantity"] for line in cart["lines"]] == [4]
        assert await shop.history(placed) == ["placed", "prepared", "expired", "payment_cancelled", "stock_released"]

"""Calls to the neighbours fail: not delivered, or delivered and the answer lost. The order comes to its end."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import pytest

from chassis.testing import eventually
from chassis.web import idempotency
from orders import payments_client
from orders.checkout.domain import numbers
from orders.tests.gate import Gate
from orders.tests.shop import Placed, Shop, order_of

Gates = dict[str, Gate]
MODES = ["refuse", "lose"]


async def place(shop: Shop, body: dict[str, object]) -> Placed:
    answer = await shop.post_order(body)
    assert answer.status_code == 201, answer.text
    return Placed(answer.json(), {"Order-Token": answer.json()["order_token"]})


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("service", "call"),
    [
        ("catalog", "/internal/reservations"),
        ("payments", "/internal/payments"),
        ("catalog", "/commit"),
        ("payments", "/capture"),
    ],
)
async def test_an_order_is_paid_after_an_outage(gated: Shop, gates: Gates, service: str, call: str, mode: str) -> None:
    article = gated.shelves.article(stock=3)
    gates[service].cut(call, mode, times=3)
    placed = await place(gated, order_of((article, 1)))
    await gated.push(placed, "pending_payment")
    payment = await gated.client.get(f"/api/v1/orders/{placed.id}/payment", headers=placed.key)
    assert gated.double.pay(payment.json()["payment"]["client_secret"]).status_code == 200
    await gated.push(placed, "paid")
    (intent,) = gated.double.intents_of(placed.id)
    assert (intent["captures"], intent["amount_received"]) == (1, placed.body["order"]["total"]["amount"])
    assert gated.shelves.level(article) == (2, 0)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("service", "call"), [("payments", "/void"), ("catalog", "/release")])
async def test_an_order_is_cancelled_after_an_outage(
    gated: Shop, gates: Gates, service: str, call: str, mode: str
) -> None:
    article = gated.shelves.article(stock=3)
    gates[service].cut(call, mode, times=3)
    placed = await place(gated, order_of((article, 2)))
    await gated.client.post(f"/api/v1/orders/{placed.id}/cancel", headers=placed.key)
    await gated.push(placed, "cancelled")
    assert gated.double.intents_of(placed.id)[0]["status"] == "canceled"
    assert gated.shelves.level(article) == (3, 0)


async def test_an_invalid_answer_counts_as_an_outage(gated: Shop, gates: Gates) -> None:
    article = gated.shelves.article(stock=3)
    for service, call in (("catalog", "/internal/reservations"), ("payments", "/internal/payments")):
        gates[service].cut(call, "418", times=1)
    for service, call in (("payments", "/void"), ("catalog", "/release")):
        gates[service].cut(call, "418", times=1)
    placed = await place(gated, order_of((article, 2)))
    assert placed.body["order"]["status"] == "placed"
    await gated.push(placed, "pending_payment")
    await gated.client.post(f"/api/v1/orders/{placed.id}/cancel", headers=placed.key)
    await gated.push(placed, "cancelled")
    assert gated.shelves.level(article) == (3, 0)


async def test_a_cancellation_does_not_need_the_feed(gated: Shop, gates: Gates) -> None:
    article = gated.shelves.article(stock=3)
    placed = await place(gated, order_of((article, 2)))
    gates["payments"].cut("/internal/feed", "refuse")
    await gated.client.post(f"/api/v1/orders/{placed.id}/cancel", headers=placed.key)
    await gated.push(placed, "cancelled")
    assert gated.shelves.level(article) == (3, 0)


async def test_without_the_catalog_nothing_is_placed_and_orders_are_still_shown(gated: Shop, gates: Gates) -> None:
    article = gated.shelves.article()
    placed, cart = await place(gated, order_of((article, 1))), await gated.cart((article, 1))
    gates["catalog"].cut("", "refuse")
    headers = {"Idempotency-Key": str(uuid4())}
    refused = await gated.post_order(order_of((article, 1)), headers)
    assert (refused.status_code, refused.json()["type"]) == (503, "dependency-unavailable")
    assert "retry-after" in refused.headers
    assert (await gated.client.get("/api/v1/cart", headers=cart)).status_code == 503
    assert (await gated.client.delete(f"/api/v1/cart/lines/{article.variant_id}", headers=cart)).status_code == 204
    assert await gated.status(placed) == "pending_payment"
    assert await gated.value("select count(*) from orders") == 1
    gates["catalog"].mend()

    async def placed_again() -> bool:
        return (await gated.post_order(order_of((article, 1)), headers)).status_code == 201

    await eventually(placed_again, what="an order after the breaker's pause")


async def test_without_payments_an_order_is_accepted_and_its_payment_comes_later(gated: Shop, gates: Gates) -> None:
    article = gated.shelves.article()
    gates["payments"].cut("", "refuse")
    placed = await place(gated, order_of((article, 1)))
    assert placed.body["payment"] is None
    waiting = await gated.client.get(f"/api/v1/orders/{placed.id}/payment", headers=placed.key)
    assert waiting.json() == {"status": "placed", "payment": None, "payment_instructions": None, "payment_notice": None}
    gates["payments"].mend()
    await gated.push(placed, "pending_payment")
    gates["payments"].cut("", "418")
    down = await gated.client.get(f"/api/v1/orders/{placed.id}/payment", headers=placed.key)
    assert (down.status_code, down.json()["type"]) == (503, "dependency-unavailable")
    gates["payments"].mend()
    gates["payments"].cut(placed.id, "404", times=1)
    none = await gated.client.get(f"/api/v1/orders/{placed.id}/payment", headers=placed.key)
    assert none.json() == {
        "status": "pending_payment",
        "payment": None,
        "payment_instructions": None,
        "payment_notice": None,
    }


async def test_an_answer_lost_on_its_way_is_given_again_even_when_payments_are_down(gated: Shop, gates: Gates) -> None:
    article, headers = gated.shelves.article(), {"Idempotency-Key": str(uuid4())}
    first = await gated.post_order(order_of((article, 1)), headers)
    async with gated.service.ctx.db.write() as tx:
        await tx.execute("update idempotency set status = null, headers = null, body = null, claimed_until = now()")
    gates["payments"].cut("", "refuse")
    again = await gated.post_order(order_of((article, 1)), headers)
    assert again.status_code == 201
    assert again.json()["order"]["id"] == first.json()["order"]["id"]
    assert (again.json()["payment"], again.json()["order_token"]) == (None, first.json()["order_token"])


async def test_tries_of_one_request_at_once_make_one_order(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idempotency, "CLAIM_SECONDS", -60)  # each claim has lapsed as soon as it is made
    article = shop.shelves.article(stock=5)
    headers = {"Idempotency-Key": str(uuid4())}
    answers = await asyncio.gather(*(shop.post_order(order_of((article, 1)), headers) for _ in range(6)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert {answer.json()["type"] for answer in answers if answer.status_code == 409} <= {"idempotency-key-running"}
    (order_id,) = {answer.json()["order"]["id"] for answer in answers if answer.status_code == 201}
    assert await shop.value("select count(*) from orders") == 1
    assert shop.shelves.level(article) == (5, 1)
    assert len(shop.double.intents_of(order_id)) == 1


async def test_a_number_that_is_taken_is_drawn_again(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    article = shop.shelves.article()
    taken = (await shop.place((article, 1))).body["order"]["number"]
    draws = iter([taken, taken, "M-222222"])
    monkeypatch.setattr(numbers, "draw", lambda: next(draws))
    assert (await shop.place((article, 1))).body["order"]["number"] == "M-222222"
    monkeypatch.setattr(numbers, "draw", lambda: taken)
    refused = await shop.post_order(order_of((article, 1)))
    assert (refused.status_code, refused.json()["type"]) == (500, "internal-error")
    assert await shop.value("select count(*) from orders") == 2


async def unheard(shop: Shop, gates: Gates, placed: Placed, *, late: bool = True) -> None:
    """The feed of payments is cut, and the last question that was under way has ended; `late`: the order's time is
    over.
    """
    gates["payments"].cut("/internal/feed", "refuse")
    cut = gates["payments"].cuts[-1]
    refused = cut.times
    await eventually(lambda: cut.times < refused, 60, "the feed to be refused")
    if not late:
        return
    async with shop.service.ctx.db.write() as tx:
        await tx.execute("update orders set expires_at = now() - interval '1 second' where id = $1", UUID(placed.id))


async def test_a_payment_whose_event_never_came_is_not_voided_when_its_time_is_over(gated: Shop, gates: Gates) -> None:
    article = gated.shelves.article(stock=3)
    placed = await place(gated, order_of((article, 1)))
    await gated.push(placed, "pending_payment")
    await unheard(gated, gates, placed)
    assert gated.double.pay(placed.secret).status_code == 200
    await gated.push(placed, "paid")
    assert gated.double.intents_of(placed.id)[0]["captures"] == 1
    assert "expired" not in await gated.history(placed)


async def test_an_unheard_payment_is_not_voided_with_an_older_payments_service(gated: Shop, gates: Gates) -> None:
    """During an upgrade: what its replicas of before know must do."""
    placed = await place(gated, order_of((gated.shelves.article(stock=3), 1)))
    await gated.push(placed, "pending_payment")
    gates["payments"].cut("/look", "404")
    await unheard(gated, gates, placed, late=False)
    assert gated.double.pay(placed.secret).status_code == 200

    async def told() -> bool:
        known = await payments_client.payment_of(gated.service.ctx, UUID(placed.id))
        return known is not None and known.status == "authorised"

    await eventually(told, 60, "payments to hear of it")
    async with gated.service.ctx.db.write() as tx:
        await tx.execute("update orders set expires_at = now() where id = $1", UUID(placed.id))
    await gated.push(placed, "paid")


async def test_an_unheard_payment_is_not_voided_when_staff_cancel_the_order(gated: Shop, gates: Gates) -> None:
    placed = await place(gated, order_of((gated.shelves.article(stock=3), 1)))
    await gated.push(placed, "pending_payment")
    await unheard(gated, gates, placed, late=False)
    assert gated.double.pay(placed.secret).status_code == 200
    path, writes = f"/api/v1/admin/orders/{placed.id}/cancel", gated.service.token(scopes=("orders:write",))
    gates["payments"].cut("/look", "refuse", times=2)
    unknown = await gated.client.post(path, headers=writes)
    assert (unknown.status_code, unknown.json()["type"]) == (503, "dependency-unavailable")

    async def refused() -> bool:
        answer = await gated.client.post(path, headers=writes)
        assert answer.status_code in {409, 503}, answer.text
        return bool(answer.status_code == 409 and answer.json()["type"] == "order-not-cancellable")

    await eventually(refused, 60, "payments to be asked again", every=0.2)
    await gated.push(placed, "paid")
    assert "expired" not in await gated.history(placed)


async def test_an_order_is_not_cancelled_while_its_payment_is_unknown(gated: Shop, gates: Gates) -> None:
    article = gated.shelves.article(stock=3)
    placed = await place(gated, order_of((article, 1)))
    await gated.push(placed, "pending_payment")
    gates["payments"].cut("/look", "refuse")
    await unheard(gated, gates, placed)
    for _ in range(3):
        await gated.due()
        await eventually(lambda: taken_up(gated, placed), 60, "the order to be taken up")
    assert await gated.status(placed) == "pending_payment"
    gates["payments"].mend()
    await gated.push(placed, "cancelled")
    assert gated.shelves.level(article) == (3, 0)


async def taken_up(shop: Shop, placed: Placed) -> bool:
    """Whether the sweep has looked at it since it was due."""
    return bool(await shop.value("select next_attempt_at > now() from orders where id = $1", UUID(placed.id)))

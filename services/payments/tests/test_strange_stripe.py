"""Stripe says what nobody expects, or staff do in its dashboard what is done here otherwise."""

from __future__ import annotations

from chassis.testing import eventually
from chassis.values import uuid7
from payments.clients import provider_of
from payments.tests.shop import CAPTURE_ENTRIES, Shop
from payments.tests.stripe_front import StripeProxy


async def test_a_strange_answer_says_nothing_about_a_payment(fronted: tuple[Shop, StripeProxy]):
    shop, front = fronted
    order_id = uuid7()
    strange = [
        (503, b"upstream is gone"),
        (200, b"[]"),
        (200, b"<html>"),
    ]
    for answer in strange:
        front.answer = answer
        await eventually(lambda: provider_of(shop.app.ctx).health("checkout") != "open")
        assert (await shop.create(order_id)).status_code == 503
        assert await shop.status(order_id) == "created"
    front.answer = None
    await eventually(lambda: provider_of(shop.app.ctx).health("checkout") != "open")
    assert (await shop.create(order_id)).status_code == 200
    for status, body in ((200, b"<html>"), (200, b"{}"), (200, b'{"object":"payment_intent","id":7}')):
        front.answer = (status, body)
        await shop.reconciled()
        assert await shop.status(order_id) == "requires_payment"


async def test_a_capture_that_stripe_refuses_for_now_is_tried_again_with_a_new_key(fronted: tuple[Shop, StripeProxy]):
    shop, front = fronted
    order_id = await shop.authorised()
    front.answer = (402, b'{"error":{"type":"card_error","code":"processing_error","message":"Try again"}}')
    front.only = "capture"
    await shop.ask(order_id, "capture")
    await eventually(shop.unknown)
    assert await shop.status(order_id) == "capturing"
    front.answer = None
    await shop.reconciled()
    await shop.becomes(order_id, "captured")
    (row,) = await shop.rows("select operation_key from payments")
    assert row["operation_key"].endswith(".2")


async def test_an_intent_that_stripe_no_longer_has_needs_attention(fronted: tuple[Shop, StripeProxy]):
    shop, front = fronted
    order_id = await shop.authorised()
    front.answer = (404, b'{"error":{"type":"invalid_request_error","code":"resource_missing","message":"No such"}}')
    await shop.reconciled()
    await eventually(shop.unknown)
    assert await shop.status(order_id) == "authorised"


async def test_changes_in_stripes_dashboard_are_applied(shop: Shop):
    taken, given_back = await shop.authorised(), await shop.authorised()
    shop.double.act(shop.double.intent(given_back)["id"], "cancel")
    await shop.ask(given_back, "capture")
    await shop.becomes(given_back, "cancelled")
    assert await shop.entries(given_back) == []
    shop.double.act(shop.double.intent(taken)["id"], "capture")
    await shop.ask(taken, "void")
    await shop.becomes(taken, "captured")
    assert await shop.entries(taken) == CAPTURE_ENTRIES
    metrics = (await shop.app.client.get("/metrics")).text
    assert "payments_captured_against_our_will_total 0.0" not in metrics
    assert "payments_captured_against_our_will_total" in metrics


async def test_a_partial_capture_in_the_dashboard_is_never_booked_as_the_whole(shop: Shop):
    order_id = await shop.authorised()
    shop.double.act(shop.double.intent(order_id)["id"], "capture", amount_to_capture=100)
    await shop.reconciled()
    assert await shop.status(order_id) == "authorised"
    assert await shop.entries(order_id) == []
    (row,) = (await shop.staff("/payments?attention=true")).json()["items"]
    assert (row["order_id"], row["attention"]) == (str(order_id), "capture_differs")
    assert "Stripe has taken 1.00 EUR of 42.00 EUR" in row["attention_detail"]
    assert (await shop.staff("/payments?attention=false")).json()["items"] == []
    # Orders asks for it all the same; that neither books it nor forgets who is to look.
    await shop.ask(order_id, "capture")
    await shop.reconciled()
    assert await shop.status(order_id) == "capturing"
    assert await shop.entries(order_id) == []
    assert len((await shop.staff("/payments?attention=true")).json()["items"]) == 1


async def test_an_amount_changed_at_stripe_needs_attention_until_it_is_cancelled(shop: Shop):
    order_id = uuid7()
    await shop.create(order_id)
    intent_id = shop.double.intent(order_id)["id"]
    shop.double.change(intent_id, amount=4300)
    await shop.reconciled()
    (row,) = (await shop.staff("/payments?attention=true")).json()["items"]
    assert (row["attention"], row["status"]) == ("amount_differs", "requires_payment")
    assert "43.00 EUR; the order is 42.00 EUR" in row["attention_detail"]
    shop.double.pay(intent_id)
    await shop.reconciled()
    assert await shop.status(order_id) == "requires_payment"
    shop.double.act(intent_id, "cancel")
    await shop.reconciled()
    assert await shop.status(order_id) == "cancelled"
    assert (await shop.staff("/payments?attention=true")).json()["items"] == []
    assert await shop.entries(order_id) == []

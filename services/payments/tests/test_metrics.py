"""Tries to pay, declines and 3-D Secure: each counted once however often Stripe tells, and by closed sets."""

from __future__ import annotations

import time

from chassis.values import uuid7
from payments import metrics
from payments.tests.double import DECLINED, PAYS, signed
from payments.tests.shop import Shop
from payments.usecases.record_change import _count_attempt


def attempts() -> tuple[float, float, float]:
    counted = metrics.attempts.value("authorised"), metrics.attempts.value("declined")
    return *counted, metrics.declines.value("generic_decline")


async def test_a_decline_and_a_payment_are_one_try_each_however_often_they_are_told(shop: Shop):
    order_id = uuid7()
    await shop.create(order_id)
    before = attempts()
    intent_id = shop.double.intent(order_id)["id"]
    shop.double.pay(intent_id, DECLINED)
    (declined,) = [each for each in await shop.events_of(order_id, 2) if "failed" in each.event["type"]]
    for _ in range(3):
        assert (await shop.deliver(declined)).status_code == 200
    await shop.applied(1)
    shop.double.pay(intent_id, PAYS)
    for each in await shop.events_of(order_id, 3):
        for _ in range(2):
            assert (await shop.deliver(each)).status_code == 200
    await shop.becomes(order_id, "authorised")
    assert attempts() == (before[0] + 1, before[1] + 1, before[2] + 1)


async def test_a_shopper_who_is_asked_to_authenticate_is_counted_once_and_the_webhook_has_an_age(shop: Shop):
    event = {
        "id": "evt_3ds",
        "object": "event",
        "type": "payment_intent.requires_action",
        "created": int(time.time()) - 9,
        "livemode": False,
        "data": {"object": {"id": "pi_x", "object": "payment_intent"}},
    }
    asked, ages = metrics.authentications.value("asked"), metrics.webhook_age.value()
    for _ in range(2):
        assert (await shop.deliver(signed(event))).status_code == 200
    assert metrics.authentications.value("asked") == asked + 1
    assert 18 <= metrics.webhook_age.value() - ages < 600


def test_a_code_that_is_not_known_is_counted_as_other():
    other, failed = metrics.declines.value("other"), metrics.authentications.value("failed")
    for code in ("ada@example.com", "", "payment_intent_authentication_failure"):
        _count_attempt("declined", code)
    assert metrics.declines.value("other") == other + 2
    assert metrics.authentications.value("failed") == failed + 1
    assert "ada@example.com" not in str(list(metrics.declines.samples()))


async def test_the_state_of_the_open_payments_is_read_from_the_database(shop: Shop):
    from payments.usecases.check_books import check_books

    await shop.create()
    await check_books(shop.app.ctx)
    assert metrics.unsettled.value("requires_payment") == 1
    assert metrics.unsettled.value("capturing") == 0
    assert metrics.last_webhook.value() == 0

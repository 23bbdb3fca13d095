"""The path of a payment: created, authorised, captured; declined; voided."""

from __future__ import annotations

from chassis.testing import eventually
from chassis.values import uuid7
from payments.tests.double import DECLINED, NO_FUNDS
from payments.tests.shop import CAPTURE_ENTRIES, Shop


async def test_a_creation_makes_an_intent_and_returns_its_secret(shop: Shop):
    order_id = uuid7()
    answer = await shop.create(order_id)
    intent = shop.double.intent(order_id)
    (row,) = await shop.rows("select id, client_secret from payments")
    assert answer.status_code == 200
    assert answer.json() == {
        "payment_id": str(row["id"]),
        "order_id": str(order_id),
        "status": "requires_payment",
        "amount": 4200,
        "currency": "EUR",
        "client_secret": row["client_secret"],
        "publishable_key": "pk_test_payments_tests",
        "pay_url": f"{shop.double.url}/pay/{intent['id']}?client_secret={row['client_secret']}",
        "available": True,
        "method": "card",
        "instructions": None,
    }
    assert (intent["amount"], intent["currency"], intent["status"]) == (4200, "eur", "requires_payment_method")
    url = "http://localhost:8080"
    assert intent["metadata"] == {"order_id": str(order_id), "payment_id": str(row["id"]), "shop": url}
    assert await shop.find(order_id) == answer.json()


async def test_a_payment_is_authorised_and_captured(shop: Shop):
    order_id = await shop.authorised()
    assert (await shop.find(order_id))["client_secret"] is None
    assert await shop.entries(order_id) == []

    answer = await shop.ask(order_id, "capture")
    assert (answer.status_code, answer.json()) == (202, {"status": "capturing"})
    await shop.becomes(order_id, "captured")
    assert shop.double.intent(order_id)["captures"] == 1
    assert await shop.entries(order_id) == CAPTURE_ENTRIES

    (authorised, captured) = await shop.facts(order_id)
    amount = {"order_id": str(order_id), "amount": 4200, "currency": "EUR"}
    assert authorised == ("payment.authorised", amount)
    assert captured[0] == "payment.captured"
    assert {**captured[1], "captured_at": None} == {**amount, "captured_at": None}
    assert captured[1]["captured_at"].endswith("Z")

    again = await shop.ask(order_id, "capture")
    assert (again.status_code, again.json()) == (202, {"status": "captured"})
    assert (await shop.ask(order_id, "void")).json() == {"status": "captured"}


async def test_a_decline_is_published_and_the_shopper_can_try_again(shop: Shop):
    order_id = uuid7()
    await shop.create(order_id)
    intent_id = shop.double.intent(order_id)["id"]
    for card, events in ((DECLINED, 2), (NO_FUNDS, 3)):
        assert shop.double.pay(intent_id, card) == 402
        await shop.deliver((await shop.events_of(order_id, events))[-1])
        await shop.applied(events - 1)
    assert await shop.status(order_id) == "requires_payment"
    codes = [(kind, data["code"]) for kind, data in await shop.facts(order_id)]
    assert codes == [("payment.declined", "generic_decline"), ("payment.declined", "insufficient_funds")]

    assert shop.double.pay(intent_id) == 200
    for sent in await shop.events_of(order_id, 4):
        await shop.deliver(sent)
    await shop.becomes(order_id, "authorised")
    (row,) = await shop.rows("select decline_code, decline_message, decline_reference from payments")
    assert set(row) == {None}


async def test_a_payment_can_be_voided_before_and_after_authorisation(shop: Shop):
    unpaid, held = uuid7(), await shop.authorised()
    await shop.create(unpaid)
    for order_id in (unpaid, held):
        answer = await shop.ask(order_id, "void")
        assert (answer.status_code, answer.json()) == (202, {"status": "cancelling"})
        await shop.becomes(order_id, "cancelled")
        assert shop.double.intent(order_id)["status"] == "canceled"
        assert (await shop.facts(order_id))[-1] == (
            "payment.cancelled",
            {"order_id": str(order_id), "reason": "voided"},
        )
        assert (await shop.ask(order_id, "void")).json() == {"status": "cancelled"}
        assert (await shop.create(order_id)).json()["type"] == "payment-cancelled"
        assert (await shop.ask(order_id, "capture")).json()["type"] == "payment-not-authorised"
        assert await shop.entries(order_id) == []


async def test_a_void_of_an_unknown_order_forbids_its_payment(shop: Shop):
    order_id = uuid7()
    assert (await shop.ask(order_id, "void")).json() == {"status": "cancelled"}
    refusal = await shop.create(order_id)
    assert (refusal.status_code, refusal.json()["type"]) == (409, "payment-cancelled")
    assert shop.double.intents(order_id) == []
    assert await shop.facts(order_id) == [("payment.cancelled", {"order_id": str(order_id), "reason": "voided"})]
    assert (await shop.ask(order_id, "void")).json() == {"status": "cancelled"}
    assert len(await shop.facts(order_id)) == 1


async def test_another_amount_or_currency_for_the_order_is_refused(shop: Shop):
    order_id = uuid7()
    first = (await shop.create(order_id)).json()
    for amount, currency in ((4201, "EUR"), (4200, "USD")):
        refusal = await shop.create(order_id, amount, currency)
        assert (refusal.status_code, refusal.json()["type"]) == (409, "payment-mismatch")
    assert (await shop.create(order_id)).json() == first
    assert len(shop.double.intents(order_id)) == 1


async def test_what_stripe_will_never_take_is_refused_and_cancelled(shop: Shop):
    order_id = uuid7()
    answer = await shop.create(order_id, amount=1)
    assert (answer.status_code, answer.json()["type"], answer.json()["code"]) == (
        422,
        "payment-refused",
        "amount_too_small",
    )
    assert await shop.status(order_id) == "cancelled"
    assert [kind for kind, _ in await shop.facts(order_id)] == ["payment.cancelled"]
    assert (await shop.create(order_id, amount=1)).json()["type"] == "payment-cancelled"


async def test_capture_needs_an_authorisation(shop: Shop):
    order_id = uuid7()
    assert (await shop.ask(order_id, "capture")).status_code == 404
    assert (
        await shop.app.client.get(f"/internal/payments/{order_id}", headers=shop.app.caller("orders"))
    ).status_code == 404
    await shop.create(order_id)
    answer = await shop.ask(order_id, "capture")
    assert (answer.status_code, answer.json()["type"]) == (409, "payment-not-authorised")
    assert await shop.status(order_id) == "requires_payment"


async def test_webhooks_of_a_started_3d_secure_leave_the_payment_unpaid(shop: Shop):
    order_id = uuid7()
    await shop.create(order_id)
    intent = shop.double.intent(order_id)
    shop.double.act(
        intent["id"], "confirm", payment_method="pm_card_threeDSecure2Required", return_url="http://localhost/"
    )
    await eventually(lambda: shop.listener.of(order_id, "requires_action"))
    for sent in shop.listener.of(order_id):
        assert (await shop.deliver(sent)).status_code == 200
    assert await shop.status(order_id) == "requires_payment"
    assert await shop.facts(order_id) == []

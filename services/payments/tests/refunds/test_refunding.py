"""A refund that orders asks for: one transfer, booked when it is accepted, reversed when it fails."""

from __future__ import annotations

import pytest

from chassis.testing import eventually
from chassis.testing.mailbox import Mailbox
from chassis.values import uuid7
from payments.tests.conftest import STAFF
from payments.tests.shop import CAPTURE_ENTRIES, REFUND_ENTRIES, Shop
from payments.tests.stripe_front import StripeProxy

Watched = tuple[Shop, StripeProxy, Mailbox]


async def test_a_refund_is_accepted_booked_and_told(shop: Shop):
    order_id, refund_id = await shop.captured(), uuid7()
    answer = await shop.refund(order_id, 1200, refund_id)
    assert answer.status_code == 202
    assert answer.json() == {"refund_id": str(refund_id), "status": "pending", "amount": 1200}
    await shop.refund_becomes(refund_id, "succeeded")
    (at_stripe,) = shop.double.refunds(order_id)
    assert (at_stripe["amount"], at_stripe["reason"]) == (1200, "requested_by_customer")
    assert at_stripe["metadata"]["refund_id"] == str(refund_id)
    assert await shop.entries(order_id) == CAPTURE_ENTRIES + REFUND_ENTRIES
    kind, data = (await shop.facts(order_id))[-1]
    assert kind == "payment.refunded"
    assert data == {
        "order_id": str(order_id),
        "refund_id": str(refund_id),
        "amount": 1200,
        "currency": "EUR",
        "origin": "shop",
        "refunded": 1200,
    }
    found = await shop.refunds(order_id)
    assert {name: found[name] for name in ("captured", "refunded", "pending", "refundable")} == {
        "captured": 4200,
        "refunded": 1200,
        "pending": 0,
        "refundable": 3000,
    }
    (listed,) = found["refunds"]
    assert (listed["status"], listed["origin"], listed["accepted"]) == ("succeeded", "shop", True)
    again = await shop.refund(order_id, 1200, refund_id)
    assert (again.status_code, again.json()["status"]) == (202, "succeeded")
    assert len(shop.double.refunds(order_id)) == 1


async def test_a_pending_refund_is_booked_at_once_and_ends_by_its_webhook(shop: Shop):
    order_id, refund_id = await shop.captured(card="pm_card_pendingRefund"), uuid7()
    await shop.refund(order_id, 1200, refund_id)
    await shop.refund_becomes(refund_id, "pending", "succeeded")
    await shop.refunds_reconciled()
    assert await shop.entries(order_id) == CAPTURE_ENTRIES + REFUND_ENTRIES
    (at_stripe,) = shop.double.refunds(order_id)
    if at_stripe["status"] == "pending":
        shop.double.control(f"refunds/{at_stripe['id']}", status="succeeded")
    await eventually(lambda: shop.listener.about(at_stripe["id"], "refund.updated"), what="the webhook")
    await shop.deliver_all(at_stripe["id"])
    await shop.refund_becomes(refund_id, "succeeded")
    assert [kind for kind, _ in await shop.facts(order_id)].count("payment.refunded") == 1
    assert await shop.entries(order_id) == CAPTURE_ENTRIES + REFUND_ENTRIES


@pytest.mark.parametrize(("step", "end", "by"), [
    ("pending", "failed", "webhook"),
    ("succeeded", "failed", "webhook"),
    ("requires_action", "canceled", "reconciler"),
])  # fmt: skip
async def test_a_refund_that_fails_is_reversed_told_and_can_be_made_again(
    watched: Watched, step: str, end: str, by: str
):
    shop, _, mailbox = watched
    order_id, refund_id = await shop.captured(), uuid7()
    await shop.refund(order_id, 4200, refund_id)
    await shop.refund_becomes(refund_id, "succeeded")
    if step != "succeeded":  # as if Stripe had answered so at first
        await shop.tampered("update refunds set status = $2, next_check_at = now() where id = $1", refund_id, step)
    (at_stripe,) = shop.double.refunds(order_id)
    shop.double.control(f"refunds/{at_stripe['id']}", status=end)
    if by == "webhook":
        await eventually(lambda: shop.listener.about(at_stripe["id"], "refund.updated"), what="the webhook")
        await shop.deliver_all(at_stripe["id"], times=3)
    else:
        await shop.refunds_reconciled()
    await shop.refund_becomes(refund_id, end)
    back = [("provider_receivable", "debit", 4200, "EUR"), ("customer_orders", "credit", 4200, "EUR")]
    assert (await shop.entries(order_id))[4:] == back
    kind, data = (await shop.facts(order_id))[-1]
    assert (kind, data["refund_id"], data["refunded"]) == ("payment.refund_failed", str(refund_id), 0)
    assert data["reason"] == ("unknown" if end == "failed" else "canceled")
    found = await shop.refunds(order_id)
    assert (found["refunded"], found["refundable"], found["refunds"][0]["status"]) == (0, 4200, "failed")
    await eventually(lambda: mailbox.to(STAFF), what="the mail")
    assert [mail["Subject"] for mail in mailbox.to(STAFF)] == ["A refund of 42.00 EUR failed"]
    again = uuid7()
    assert (await shop.refund(order_id, 4200, again)).status_code == 202
    await shop.refund_becomes(again, "succeeded")
    assert len(await shop.entries(order_id)) == 8


async def test_a_refund_that_stripe_refuses_fails_without_a_booking(watched: Watched):
    shop, _, mailbox = watched
    order_id, refund_id = await shop.captured(), uuid7()
    shop.double.control("disputes", payment_intent=shop.double.intent(order_id)["id"])
    assert (await shop.refund(order_id, 1200, refund_id)).status_code == 202
    await shop.refund_becomes(refund_id, "failed")
    assert await shop.entries(order_id) == CAPTURE_ENTRIES
    kind, data = (await shop.facts(order_id))[-1]
    assert (kind, data["reason"], data["refunded"]) == ("payment.refund_failed", "charge_disputed", 0)
    assert (await shop.refunds(order_id))["refundable"] == 4200
    await eventually(lambda: mailbox.to(STAFF), what="the mail")
    told = mailbox.to(STAFF)[0].get_content()
    assert "charge disputed" in told
    # The bank gives it back: a bank account, as after another failure, would be a second payment.
    assert "DO NOT PAY IT IN ANOTHER WAY" in told
    assert "Ask the customer for another way" not in told
    assert (await shop.refund(order_id, 1200, refund_id)).json()["status"] == "failed"


async def test_only_what_was_captured_and_is_left_can_be_refunded(shop: Shop):
    authorised, order_id = await shop.authorised(), await shop.captured()
    assert (await shop.refund(uuid7())).status_code == 404
    early = await shop.refund(authorised)
    assert (early.status_code, early.json()["type"]) == (409, "payment-not-captured")
    assert (await shop.refunds(authorised))["captured"] == 0
    assert (await shop.refund(order_id, 4000)).status_code == 202
    much = await shop.refund(order_id, 201)
    assert (much.status_code, much.json()["type"], much.json()["refundable"]) == (409, "refund-exceeds", 200)
    dollars = await shop.refund(order_id, 100, currency="USD")
    assert (dollars.status_code, dollars.json()["type"]) == (409, "refund-mismatch")
    assert len((await shop.refunds(order_id))["refunds"]) == 1


async def test_an_id_stands_for_one_refund_of_one_order(shop: Shop):
    order_id, other, refund_id = await shop.captured(), await shop.captured(), uuid7()
    assert (await shop.refund(order_id, 100, refund_id)).status_code == 202
    for wrong in (await shop.refund(order_id, 101, refund_id), await shop.refund(other, 100, refund_id)):
        assert (wrong.status_code, wrong.json()["type"]) == (409, "refund-mismatch")
    assert (await shop.refunds(other))["refunds"] == []


HOSTILE = [
    *[("amount", value) for value in (0, -1, 1.5, "100", 10**13, True, None)],
    *[("refund_id", value) for value in ("", "x", None)],
    *[("currency", value) for value in ("eur", "EURO", "", None)],
    *[("reason", value) for value in ("", "because", None, "duplicate\x00")],
]


async def test_a_hostile_request_is_a_422_that_names_the_field(shop: Shop):
    for field, value in HOSTILE:
        asked = {"refund_id": str(uuid7()), "amount": 100, "currency": "EUR", "reason": "other", field: value}
        answer = await shop.refund_as(uuid7(), asked)
        assert (answer.status_code, field in answer.text) == (422, True), (field, value, answer.text)
    assert await shop.rows("select from refunds") == []

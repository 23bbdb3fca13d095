"""Our own set-up keeps shoppers from paying: orders stay payable, staff hear of it, the shopper is told the truth."""

from __future__ import annotations

import msgspec
import pytest

from chassis.testing import eventually
from chassis.testing.mailbox import Mailbox
from chassis.values import uuid7
from payments.tests.conftest import STAFF
from payments.tests.shop import Shop
from payments.tests.stripe_front import StripeProxy


def _error(status: int, **error: str) -> tuple[int, bytes]:
    return status, msgspec.json.encode({"error": {"type": "invalid_request_error", "message": "No.", **error}})


FAULTS = {
    "a parameter": _error(400, code="parameter_unknown", param="allowed_payment_method_types"),
    "the account is not active": _error(400, code="account_invalid"),
    "the currency is not supported": _error(400, param="currency"),
    "the key was revoked": _error(401),
    "the key may not": _error(403),
    "no such call": _error(404),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_the_order_stays_payable_and_staff_are_told(watched: tuple[Shop, StripeProxy, Mailbox], fault: str):
    shop, front, mailbox = watched
    order_id = uuid7()
    front.answer = FAULTS[fault]
    answer = await shop.create(order_id)
    assert (answer.status_code, answer.json()["type"]) == (424, "payment-not-available")
    assert await shop.status(order_id) == "created"
    assert await shop.facts(order_id) == []
    assert (await shop.find(order_id))["available"] is False
    (row,) = (await shop.staff("/payments?attention=true")).json()["items"]
    assert row["attention"] == "misconfigured"
    assert "mercat doctor stripe" in row["attention_detail"]
    # Asked again at once it neither waits nor asks Stripe; another order tells nobody a second time within the hour.
    calls = len(front.calls)
    assert (await shop.create(order_id)).status_code == 424
    assert len(front.calls) == calls
    assert (await shop.create()).status_code == 424
    await eventually(lambda: mailbox.to(STAFF))
    front.answer = None
    await shop.due_now()
    assert (await shop.create(order_id)).json()["available"] is True
    assert len(shop.double.intents(order_id)) == 1
    await shop.reconciled()
    assert (await shop.staff("/payments?attention=true")).json()["items"] == []
    assert [mail["Subject"] for mail in mailbox.to(STAFF)] == ["Nobody can pay: Stripe refuses our calls"]


async def test_a_total_that_stripe_never_takes_is_no_fault_of_ours(watched: tuple[Shop, StripeProxy, Mailbox]):
    shop, _, _ = watched
    for amount, code in ((1, "amount_too_small"), (999_999_999_999, "amount_too_large")):
        answer = await shop.create(amount=amount)
        assert (answer.status_code, answer.json()["type"], answer.json()["code"]) == (422, "payment-refused", code)
    assert (await shop.staff("/payments?attention=true")).json()["items"] == []


async def test_an_intent_without_any_way_to_pay_is_not_handed_out(fronted: tuple[Shop, StripeProxy]):
    shop, front = fronted
    order_id = uuid7()
    await shop.create(order_id)
    (row,) = await shop.rows("select id from payments")
    metadata = {"payment_id": str(row["id"]), "order_id": str(order_id)}
    other = uuid7()
    unpayable = {
        "id": "pi_none",
        "object": "payment_intent",
        "status": "requires_payment_method",
        "amount": 4200,
        "currency": "eur",
        "payment_method_types": [],
        "client_secret": "pi_none_secret_x",
        "metadata": metadata,
    }
    front.answer, front.only = (200, msgspec.json.encode(unpayable)), "create"
    answer = await shop.create(other)
    assert (answer.status_code, answer.json()["type"]) == (424, "payment-not-available")
    assert await shop.status(other) == "created"
    front.answer = None
    await shop.due_now()
    assert (await shop.create(other)).status_code == 200
    assert shop.double.intent(other)["status"] == "requires_payment_method"


async def test_a_later_revoked_key_is_reported_and_no_payment_is_lost(watched: tuple[Shop, StripeProxy, Mailbox]):
    shop, front, mailbox = watched
    order_id = await shop.authorised()
    front.answer = FAULTS["the key was revoked"]
    await shop.ask(order_id, "capture")
    await eventually(lambda: mailbox.to(STAFF))
    assert await shop.status(order_id) == "capturing"
    front.answer = None
    await shop.reconciled()
    await shop.becomes(order_id, "captured")
    assert (await shop.staff("/payments?attention=true")).json()["items"] == []

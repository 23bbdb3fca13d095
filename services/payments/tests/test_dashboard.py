"""What staff see of an order in Stripe's dashboard, and which settings decide it."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from chassis.testing import running_app
from chassis.testing.keys import Bench
from chassis.values import Money, uuid7
from payments.domain import attention
from payments.provider.budget import LIVE, SANDBOX
from payments.settings import PaymentsSettings
from payments.tests.conftest import settings
from payments.tests.double import Double, Listener
from payments.tests.shop import Shop
from payments.tests.test_parts import BASE

ADDRESS = {"line1": "12 St James's Square", "city": "London", "postal_code": "SW1Y 4LE", "country": "GB"}
DETAILS = {
    "order_number": "M-7F3K9Q",
    "email": "ada@example.com",
    "shipping": {"name": "Ada Lovelace", "address": ADDRESS},
}


async def _created(shop: Shop, **details: Any) -> dict[str, Any]:
    """The intent at Stripe."""
    order_id = uuid7()
    body = {"order_id": str(order_id), "amount": 4200, "currency": "EUR", **details}
    answer = await shop.app.client.post("/internal/payments", json=body, headers=shop.app.caller("orders"))
    assert answer.status_code == 200, answer.text
    return shop.double.whole(shop.double.intent(order_id)["id"])


async def test_the_dashboard_shows_the_order_and_as_little_of_the_person_as_it_needs(shop: Shop):
    intent = await _created(shop, **DETAILS)
    assert intent["description"] == "Order M-7F3K9Q"
    assert intent["metadata"]["order_number"] == "M-7F3K9Q"
    assert intent["shipping"]["name"] == "Ada Lovelace"
    assert {name: text for name, text in intent["shipping"]["address"].items() if text} == ADDRESS
    assert intent["shipping"]["phone"] is None
    assert intent["receipt_email"] is None
    assert intent["statement_descriptor_suffix"] is None
    assert [row["details"] for row in await shop.rows("select details from payments")] == [None]


async def test_receipt_and_suffix_can_be_switched_on(bench: Bench, double: Double, listener: Listener):
    wanted: dict[str, Any] = {"stripe_receipts": True, "stripe_statement_suffix": "ATELIER 7"}
    async with running_app("payments", bench, **settings(double.url), **wanted) as app:
        intent = await _created(Shop(app, double, listener), **DETAILS)
        assert (intent["receipt_email"], intent["statement_descriptor_suffix"]) == ("ada@example.com", "ATELIER 7")


async def test_a_retry_has_the_same_details_and_they_are_deleted_afterwards(shop: Shop):
    shop.double.faults(reset_after_commit=1, operation="create")
    order_id = uuid7()
    body = {"order_id": str(order_id), "amount": 4200, "currency": "EUR", **DETAILS}
    answer = await shop.app.client.post("/internal/payments", json=body, headers=shop.app.caller("orders"))
    assert answer.status_code == 503
    (row,) = await shop.rows("select details::text as details from payments")
    assert "M-7F3K9Q" in row["details"]
    await shop.reconciled()
    await shop.becomes(order_id, "requires_payment")
    assert shop.double.whole(shop.double.intent(order_id)["id"])["description"] == "Order M-7F3K9Q"
    assert [row["details"] for row in await shop.rows("select details from payments")] == [None]


@pytest.mark.parametrize("suffix", ["1234", "x" * 19, "A*B", "A<B", 'A"B', "A'B", "A\\B", "Äpfel", "A\nB"])
def test_a_suffix_that_stripe_would_refuse_is_refused_at_the_start(suffix: str):
    with pytest.raises(ValidationError, match="STRIPE_STATEMENT_SUFFIX"):
        PaymentsSettings(**BASE, stripe_webhook_secret="w", stripe_statement_suffix=suffix)


def test_keys_of_two_modes_refuse_to_start():
    for secret, publishable in (("sk_live_1", "pk_test_1"), ("rk_test_1", "pk_live_1")):
        keys = {**BASE, "stripe_secret_key": secret, "stripe_publishable_key": publishable}
        with pytest.raises(ValidationError, match="same mode of Stripe's dashboard"):
            PaymentsSettings(**keys, stripe_webhook_secret="w")
    fit = PaymentsSettings(
        **{**BASE, "stripe_secret_key": "rk_live_1", "stripe_publishable_key": "pk_live_1"}, stripe_webhook_secret="w"
    )
    assert (fit.mode, fit.calls_per_second) == ("live", LIVE)


def test_calls_per_second_follow_from_the_key():
    def calls(**given: Any) -> int:
        return PaymentsSettings(**{**BASE, "stripe_webhook_secret": "w", **given}).calls_per_second

    assert calls(stripe_secret_key="sk_test_1") == SANDBOX
    assert calls(stripe_api_base="http://double") == 0
    assert calls(stripe_api_base="http://double", stripe_calls_per_second="100") == 100
    assert calls(stripe_calls_per_second="", staff_email="") == SANDBOX


def test_production_with_a_staff_mail_needs_a_sender():
    live = {
        **BASE,
        "environment": "production",
        "public_url": "https://shop.mercat.store",
        "stripe_secret_key": "sk_live_1",
        "stripe_publishable_key": "pk_live_1",
        "stripe_webhook_secret": f"whsec_{'a1' * 16}",
    }
    assert PaymentsSettings(**live).staff_email is None
    with pytest.raises(ValidationError, match="MAIL_FROM"):
        PaymentsSettings(**live, staff_email="staff@mercat.store")


def test_texts_about_changed_amounts_have_both_amounts():
    wanted = Money(4200, "EUR")
    assert "taken 1.00 EUR of 42.00 EUR" in attention.capture_differs(100, wanted)
    assert "taken another amount of EUR of 42.00 EUR" in attention.capture_differs(None, wanted)
    assert "to 42.00 USD; the order is 42.00 EUR" in attention.amount_differs(4200, "USD", wanted)

"""What payments asks of Stripe about intents, and what it gets: the same of the double and of Stripe."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import stripe

from chassis.values import uuid7
from payments.provider import Refused, Unknown
from payments.provider.port import NewIntent
from payments.tests.contract.side import Side


async def test_an_intent_is_held_and_captured(side: Side):
    made = await side.intent(number="M-1", email="shopper@example.com")
    assert (made.status, made.amount, made.currency, made.amount_received) == (
        "requires_payment_method",
        4200,
        "EUR",
        0,
    )
    assert made.client_secret
    await side.post("payment_intents", made.id, "confirm", payment_method="pm_card_visa")
    held = await side.provider.retrieve(made.id)
    assert (held.status, held.order_id, held.payment_id) == ("requires_capture", made.order_id, made.payment_id)
    charge = await side.charge_of(held)
    assert charge["payment_method_details"]["card"]["capture_before"] > charge["created"] + 86_400
    paid = await side.provider.capture(made.id, f"capture-{made.id}")
    assert (paid.status, paid.amount_received) == ("succeeded", 4200)
    again = await side.provider.capture(made.id, f"capture-{made.id}")
    assert again.amount_received == 4200
    with pytest.raises(Refused) as refusal:
        await side.provider.capture(made.id, f"other-{made.id}")
    assert refusal.value.code == "payment_intent_unexpected_state"


async def test_the_same_key_is_one_intent(side: Side):
    wanted = NewIntent(uuid7(), uuid7(), 4200, "EUR")
    first, again = [await side.provider.create(wanted, f"create-{wanted.payment_id}", lane="checkout") for _ in "12"]
    assert first.id == again.id
    other = NewIntent(wanted.payment_id, wanted.order_id, 4300, "EUR")
    with pytest.raises(Unknown) as spent:
        await side.provider.create(other, f"create-{wanted.payment_id}", lane="checkout")
    assert spent.value.key_spent


async def test_an_intent_is_found_by_its_payment(side: Side):
    since = datetime.now(UTC) - timedelta(minutes=5)
    made = await side.intent()
    until = datetime.now(UTC) + timedelta(days=400)  # the double's clock may be ahead
    found = await side.provider.find(UUID(made.payment_id), since, until, lane="checkout")
    assert found is not None
    assert found.id == made.id
    assert await side.provider.find(uuid7(), since, until, lane="checkout") is None


async def test_a_held_amount_is_given_back(side: Side):
    held = await side.confirmed()
    ended = await side.provider.cancel(held.id, f"cancel-{held.id}")
    assert ended.status == "canceled"
    charge = await side.charge_of(held)
    assert (charge["captured"], charge["refunded"], charge["amount_refunded"]) == (False, True, 4200)
    with pytest.raises(Refused) as refusal:
        await side.provider.capture(held.id, f"capture-{held.id}")
    assert refusal.value.code == "payment_intent_unexpected_state"


@pytest.mark.parametrize(
    ("card", "code"),
    [
        ("pm_card_visa_chargeDeclined", "generic_decline"),
        ("pm_card_visa_chargeDeclinedInsufficientFunds", "insufficient_funds"),
        ("pm_card_visa_chargeDeclinedLostCard", "lost_card"),
    ],
)
async def test_a_decline_is_told_and_kept(side: Side, card: str, code: str):
    made = await side.intent()
    with pytest.raises(stripe.CardError) as refusal:
        await side.post("payment_intents", made.id, "confirm", payment_method=card)
    assert refusal.value.code == "card_declined"
    after = await side.provider.retrieve(made.id)
    assert after.status == "requires_payment_method"
    assert after.decline is not None
    assert (after.decline.code, after.decline.reference[:3]) == (code, "ch_")


@pytest.mark.parametrize(("amount", "code"), [(1, "amount_too_small"), (100_000_000, "amount_too_large")])
async def test_amounts_have_limits(side: Side, amount: int, code: str):
    with pytest.raises(Refused) as refusal:
        await side.intent(amount)
    assert refusal.value.code == code


async def test_what_is_unknown_is_a_loud_error(side: Side):
    for call, code in (
        (side.post("payment_intents", amount=4200, currency="eur", mood="good"), "parameter_unknown"),
        (side.post("payment_intents", currency="eur"), "parameter_missing"),
        (side.api.get("payment_intents", "pi_nobody"), "resource_missing"),
        (side.api.get("charges", "ch_nobody"), "resource_missing"),
        (side.api.get("refunds", "re_nobody"), "resource_missing"),
    ):
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            await call
        assert refusal.value.code == code
    with pytest.raises(stripe.InvalidRequestError, match="Unrecognized request URL"):
        await side.api.get("moods")


async def test_lists_go_by_pages(side: Side):
    made = [(await side.intent()).id for _ in range(3)]
    first = await side.api.get("payment_intents", parameters={"limit": 1})
    assert first["has_more"]
    at = first["data"][0]["id"]
    rest = await side.api.get("payment_intents", parameters={"limit": 100, "starting_after": at})
    assert made[0] in [each["id"] for each in rest["data"]]
    assert at not in [each["id"] for each in rest["data"]]

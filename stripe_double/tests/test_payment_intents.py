from __future__ import annotations

import pytest
import stripe
from stripe.params import PaymentIntentCreateParams

from stripe_double.tests.running import PUBLISHABLE, Double, Shop, envelope, typed_card

METADATA = {"order_id": "0190-7", "0": "zero"}
ORDER: PaymentIntentCreateParams = {
    "amount": 4250,
    "currency": "EUR",
    "capture_method": "manual",
    "automatic_payment_methods": {"enabled": True},
    "metadata": METADATA,
}
BACK = "https://shop.example/orders/7?tab=pay"


async def test_an_order_is_authorised_and_captured(double: Double, sdk: stripe.StripeClient, shop: Shop) -> None:
    made = await sdk.v1.payment_intents.create_async(ORDER)
    assert made.id.startswith("pi_3")
    assert made.client_secret is not None
    assert made.client_secret.startswith(f"{made.id}_secret_")
    assert made.status == "requires_payment_method"
    assert made.currency == "eur"
    assert made.metadata.to_dict() == METADATA
    assert made.automatic_payment_methods is not None
    assert made.automatic_payment_methods.to_dict() == {"allow_redirects": "always", "enabled": True}
    assert made.livemode is False

    held = await sdk.v1.payment_intents.confirm_async(made.id, {"payment_method": "pm_card_visa", "return_url": BACK})
    assert (held.status, held.amount_capturable, held.amount_received) == ("requires_capture", 4250, 0)
    assert held.payment_method is not None
    assert str(held.payment_method).startswith("pm_")

    paid = await sdk.v1.payment_intents.capture_async(made.id, {"expand": ["latest_charge"]})
    assert (paid.status, paid.amount_capturable, paid.amount_received) == ("succeeded", 0, 4250)
    charge = paid.latest_charge
    assert isinstance(charge, stripe.Charge)
    assert (charge.captured, charge.amount_captured, charge.amount_refunded) == (True, 4250, 0)
    assert charge.payment_method_details is not None
    assert charge.payment_method_details.card is not None
    assert charge.payment_method_details.card.last4 == "4242"
    assert charge.metadata.to_dict() == METADATA

    again = await sdk.v1.payment_intents.retrieve_async(made.id)
    assert again.latest_charge == charge.id
    for kind in ("created", "amount_capturable_updated", "succeeded"):
        event = shop.told(made.id, f"payment_intent.{kind}")
        assert event.api_version == stripe.api_version
    assert shop.told(made.id, "payment_intent.created").data.object["status"] == "requires_payment_method"
    entry = double.entry(made.id)
    assert (entry["captures"], entry["amount_received"]) == (1, 4250)
    assert [move["kind"] for move in entry["movements"]] == ["authorise", "capture"]


async def test_automatic_capture_in_one_call(double: Double, sdk: stripe.StripeClient) -> None:
    paid = await sdk.v1.payment_intents.create_async(
        {"amount": 900, "currency": "usd", "confirm": True, "payment_method": "pm_card_mastercard", "return_url": BACK}
    )
    assert (paid.status, paid.amount_received, paid.capture_method) == ("succeeded", 900, "automatic_async")
    assert double.entry(paid.id)["captures"] == 1


async def test_create_with_a_method_requires_confirmation(sdk: stripe.StripeClient) -> None:
    made = await sdk.v1.payment_intents.create_async(
        {
            "amount": 900,
            "currency": "usd",
            "payment_method": "pm_card_amex",
            "allowed_payment_method_types": ["card"],
            "shipping": {"name": "Ada", "address": {"line1": "1 Rue A", "country": "FR"}},
            "description": "Order 7",
            "receipt_email": "ada@shop.example",
        }
    )
    assert made.status == "requires_confirmation"
    assert made.automatic_payment_methods is None
    assert made.shipping is not None
    assert made.shipping.address is not None
    assert made.shipping.address.country == "FR"
    paid = await sdk.v1.payment_intents.confirm_async(made.id)
    assert paid.status == "succeeded"


@pytest.mark.parametrize(
    ("card", "number", "code", "decline_code"),
    [
        ("pm_card_visa_chargeDeclined", "4000000000000002", "card_declined", "generic_decline"),
        (
            "pm_card_visa_chargeDeclinedInsufficientFunds",
            "4000000000009995",
            "card_declined",
            "insufficient_funds",
        ),
        ("pm_card_chargeDeclinedExpiredCard", "4000000000000069", "expired_card", "expired_card"),
        ("pm_card_chargeDeclinedIncorrectCvc", "4000000000000127", "incorrect_cvc", "incorrect_cvc"),
        ("pm_card_chargeDeclinedProcessingError", "4000000000000119", "processing_error", "processing_error"),
    ],
)
async def test_intent_can_be_paid_after_a_decline(
    double: Double, sdk: stripe.StripeClient, shop: Shop, card: str, number: str, code: str, decline_code: str
) -> None:
    made = await sdk.v1.payment_intents.create_async(ORDER)
    with pytest.raises(stripe.CardError) as caught:
        await sdk.v1.payment_intents.confirm_async(made.id, {"payment_method": card, "return_url": BACK})
    typed = double.raw(
        "POST",
        f"/v1/payment_intents/{made.id}/confirm",
        PUBLISHABLE,
        data={**typed_card(number), "client_secret": made.client_secret, "return_url": BACK},
    )
    assert caught.value.http_status == typed.status_code == 402
    assert caught.value.code == code
    for error in (envelope(caught.value), typed.json()["error"]):
        assert (error["code"], error["decline_code"], error["type"]) == (code, decline_code, "card_error")
        assert error["payment_intent"]["id"] == made.id
        assert error["payment_intent"]["status"] == "requires_payment_method"
        assert error["payment_method"]["card"]["last4"] == number[-4:]
    now = await sdk.v1.payment_intents.retrieve_async(made.id)
    assert now.last_payment_error is not None
    assert (now.last_payment_error.code, now.payment_method) == (code, None)
    assert now.last_payment_error.charge == now.latest_charge
    failed = shop.told(made.id, "payment_intent.payment_failed")
    assert failed.data.object["last_payment_error"]["decline_code"] == decline_code
    paid = await sdk.v1.payment_intents.confirm_async(made.id, {"payment_method": "pm_card_visa", "return_url": BACK})
    assert (paid.status, paid.last_payment_error) == ("requires_capture", None)
    entry = double.entry(made.id)
    assert [move["kind"] for move in entry["movements"]] == ["decline", "decline", "authorise"]
    assert entry["captures"] == 0


@pytest.mark.parametrize(
    "card", ["pm_card_threeDSecure2Required", "pm_card_authenticationRequired", "pm_card_authenticationRequiredOnSetup"]
)
async def test_3d_secure_card_requires_action(double: Double, sdk: stripe.StripeClient, shop: Shop, card: str) -> None:
    made = await sdk.v1.payment_intents.create_async(ORDER)
    asked = await sdk.v1.payment_intents.confirm_async(made.id, {"payment_method": card, "return_url": BACK})
    assert asked.status == "requires_action"
    assert asked.next_action is not None
    assert asked.next_action.type == "redirect_to_url"
    assert asked.next_action.redirect_to_url is not None
    assert asked.next_action.redirect_to_url.return_url == BACK
    assert (asked.next_action.redirect_to_url.url or "").startswith(f"{double.url}/pay/{made.id}/authenticate?")
    event = shop.told(made.id, "payment_intent.requires_action")
    assert event.data.object["next_action"]["type"] == "redirect_to_url"
    other = await sdk.v1.payment_intents.confirm_async(made.id, {"payment_method": "pm_card_visa", "return_url": BACK})
    assert other.status == "requires_capture"


async def test_partial_capture_releases_the_rest(double: Double, sdk: stripe.StripeClient) -> None:
    held = await sdk.v1.payment_intents.create_async(
        {**ORDER, "confirm": True, "payment_method": "pm_card_visa", "return_url": BACK}
    )
    with pytest.raises(stripe.InvalidRequestError) as caught:
        await sdk.v1.payment_intents.capture_async(held.id, {"amount_to_capture": 4251})
    assert (caught.value.code, caught.value.param) == ("amount_too_large", "amount_to_capture")
    paid = await sdk.v1.payment_intents.capture_async(held.id, {"amount_to_capture": 4000})
    assert (paid.amount, paid.amount_received) == (4250, 4000)
    assert [(move["kind"], move["amount"]) for move in double.entry(held.id)["movements"]] == [
        ("authorise", 4250),
        ("capture", 4000),
        ("void", 250),
    ]


async def test_authorised_intent_is_cancelled(sdk: stripe.StripeClient, shop: Shop) -> None:
    held = await sdk.v1.payment_intents.create_async(
        {**ORDER, "confirm": True, "payment_method": "pm_card_visa", "return_url": BACK}
    )
    ended = await sdk.v1.payment_intents.cancel_async(
        held.id, {"cancellation_reason": "abandoned", "expand": ["latest_charge"]}
    )
    assert (ended.status, ended.cancellation_reason, ended.amount_capturable) == ("canceled", "abandoned", 0)
    assert ended.canceled_at is not None
    assert isinstance(ended.latest_charge, stripe.Charge)
    assert ended.latest_charge.refunded
    assert shop.told(held.id, "payment_intent.canceled").data.object["cancellation_reason"] == "abandoned"


async def test_wrong_state_is_refused_with_the_intent(double: Double, sdk: stripe.StripeClient) -> None:
    intents = sdk.v1.payment_intents
    made = await intents.create_async(ORDER)
    paid = await intents.create_async(
        {"amount": 900, "currency": "usd", "confirm": True, "payment_method": "pm_card_visa", "return_url": BACK}
    )
    held = await intents.create_async({**ORDER, "confirm": True, "payment_method": "pm_card_visa", "return_url": BACK})
    before = double.contents()
    for call, status in (
        (intents.capture_async(made.id), "requires_payment_method"),
        (intents.confirm_async(made.id, {"return_url": BACK}), "requires_payment_method"),
        (intents.cancel_async(paid.id), "succeeded"),
        (intents.capture_async(paid.id), "succeeded"),
        (intents.confirm_async(paid.id, {"payment_method": "pm_card_visa", "return_url": BACK}), "succeeded"),
        (intents.confirm_async(held.id, {"payment_method": "pm_card_visa", "return_url": BACK}), "requires_capture"),
    ):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            await call
        assert caught.value.code == "payment_intent_unexpected_state"
        assert caught.value.http_status == 400
        assert envelope(caught.value)["payment_intent"]["status"] == status
    assert double.contents() == before


async def test_intents_are_listed_newest_first(sdk: stripe.StripeClient) -> None:
    made = [
        await sdk.v1.payment_intents.create_async(
            {
                "amount": 900 + n,
                "currency": "usd",
                "confirm": True,
                "payment_method": "pm_card_visa",
                "return_url": BACK,
            }
        )
        for n in range(3)
    ]
    page = await sdk.v1.payment_intents.list_async({"limit": 2})
    assert [intent.id for intent in page.data] == [made[2].id, made[1].id]
    assert page.has_more
    rest = await sdk.v1.payment_intents.list_async(
        {
            "starting_after": made[1].id,
            "limit": 100,
            "created": {"gte": made[0].created, "lte": made[2].created + 1},
            "expand": ["data.latest_charge"],
        }
    )
    assert rest.data[0].id == made[0].id
    assert isinstance(rest.data[0].latest_charge, stripe.Charge)
    assert not rest.has_more
    none = await sdk.v1.payment_intents.list_async({"created": {"gt": made[2].created + 1000}})
    assert none.data == []
    exact = await sdk.v1.payment_intents.list_async({"created": made[2].created})
    assert made[2].id in [intent.id for intent in exact.data]
    with pytest.raises(stripe.InvalidRequestError) as caught:
        await sdk.v1.payment_intents.list_async({"starting_after": "pi_unknown"})
    assert caught.value.http_status == 404

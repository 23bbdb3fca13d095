from __future__ import annotations

import asyncio

import pytest
import stripe
from stripe.params import PaymentIntentCreateParams

from stripe_double.tests.running import Double, envelope

INTENTS = "/v1/payment_intents"
BACK = "https://shop.example/orders/7"
HELD: PaymentIntentCreateParams = {
    "amount": 1500,
    "currency": "eur",
    "capture_method": "manual",
    "confirm": True,
    "payment_method": "pm_card_visa",
    "return_url": BACK,
}


async def test_same_key_and_parameters_replay_the_answer(double: Double, sdk: stripe.StripeClient) -> None:
    first = await sdk.v1.payment_intents.create_async(HELD, {"idempotency_key": "order-1"})
    before = double.contents()
    again = await sdk.v1.payment_intents.create_async(HELD, {"idempotency_key": "order-1"})
    assert again.to_dict() == first.to_dict()
    assert again.last_response is not None
    assert first.last_response is not None
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert again.last_response.headers["Original-Request"] == first.last_response.request_id
    assert "Idempotent-Replayed" not in first.last_response.headers
    assert double.contents() == before


async def test_decline_is_replayed(double: Double, sdk: stripe.StripeClient) -> None:
    made = await sdk.v1.payment_intents.create_async({"amount": 900, "currency": "usd"})
    seen = []
    for _ in range(2):
        with pytest.raises(stripe.CardError) as caught:
            await sdk.v1.payment_intents.confirm_async(
                made.id,
                {"payment_method": "pm_card_visa_chargeDeclined", "return_url": BACK},
                {"idempotency_key": f"confirm-{made.id}"},
            )
        seen.append(envelope(caught.value))
    assert seen[0] == seen[1]
    assert len(double.entry(made.id)["charges"]) == 1


async def test_refusal_by_state_is_replayed(sdk: stripe.StripeClient) -> None:
    made = await sdk.v1.payment_intents.create_async({"amount": 900, "currency": "usd", "capture_method": "manual"})
    key = f"capture-{made.id}"
    with pytest.raises(stripe.InvalidRequestError):
        await sdk.v1.payment_intents.capture_async(made.id, None, {"idempotency_key": key})
    await sdk.v1.payment_intents.confirm_async(made.id, {"payment_method": "pm_card_visa", "return_url": BACK})
    with pytest.raises(stripe.InvalidRequestError) as caught:
        await sdk.v1.payment_intents.capture_async(made.id, None, {"idempotency_key": key})
    assert envelope(caught.value)["payment_intent"]["status"] == "requires_payment_method"
    paid = await sdk.v1.payment_intents.capture_async(made.id, None, {"idempotency_key": f"again-{made.id}"})
    assert paid.status == "succeeded"


async def test_same_key_with_other_parameters_is_refused(double: Double, sdk: stripe.StripeClient) -> None:
    made = await sdk.v1.payment_intents.create_async(HELD, {"idempotency_key": "order-2"})
    before = double.contents()
    with pytest.raises(stripe.IdempotencyError) as caught:
        await sdk.v1.payment_intents.create_async({**HELD, "amount": 1600}, {"idempotency_key": "order-2"})
    assert caught.value.http_status == 400
    with pytest.raises(stripe.IdempotencyError):
        await sdk.v1.payment_intents.capture_async(made.id, None, {"idempotency_key": "order-2"})
    assert double.contents() == before


async def test_malformed_call_does_not_store_its_key(sdk: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        await sdk.v1.payment_intents.create_async({**HELD, "amount": 1}, {"idempotency_key": "order-3"})
    made = await sdk.v1.payment_intents.create_async(HELD, {"idempotency_key": "order-3"})
    assert made.status == "requires_capture"


def test_an_overlong_key_is_refused(double: Double) -> None:
    answer = double.raw(
        "POST", INTENTS, data={"amount": "900", "currency": "usd"}, headers={"Idempotency-Key": "k" * 256}
    )
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "idempotency_key")


async def test_twenty_parallel_creates_make_one_intent(double: Double, sdk: stripe.StripeClient) -> None:
    before = len(double.database()["intents"])

    refused: list[tuple[int | None, str, str]] = []

    async def make() -> str:
        while True:
            try:
                made = await sdk.v1.payment_intents.create_async(HELD, {"idempotency_key": "order-race"})
            except stripe.APIError as error:
                refused.append((error.http_status, envelope(error)["type"], envelope(error)["code"]))
            else:
                return made.id

    ids = await asyncio.gather(*(make() for _ in range(20)))
    assert len(set(ids)) == 1
    assert set(refused) <= {(409, "idempotency_error", "idempotency_key_in_use")}
    assert len(double.database()["intents"]) == before + 1


async def test_key_of_a_running_call_is_refused(double: Double, sdk: stripe.StripeClient) -> None:
    double.faults(latency_ms=300)
    refused: list[stripe.APIError] = []
    for number in range(100):  # until the second comes while the first is running
        key = f"order-slow-{number}"
        answers = await asyncio.gather(
            *(sdk.v1.payment_intents.create_async(HELD, {"idempotency_key": key}) for _ in range(2)),
            return_exceptions=True,
        )
        refused = [answer for answer in answers if isinstance(answer, stripe.APIError)]
        if refused:
            break
    assert [answer.http_status for answer in refused] == [409]


async def test_twenty_parallel_captures_capture_once(double: Double, sdk: stripe.StripeClient) -> None:
    held = await sdk.v1.payment_intents.create_async(HELD)
    answers = await asyncio.gather(
        *(sdk.v1.payment_intents.capture_async(held.id) for _ in range(20)), return_exceptions=True
    )
    refused = [answer for answer in answers if isinstance(answer, stripe.InvalidRequestError)]
    assert len(refused) == 19
    assert {error.code for error in refused} == {"payment_intent_unexpected_state"}
    assert double.entry(held.id)["captures"] == 1

"""Refunds through the official SDK, and what Stripe's dashboard and the shoppers' banks do with them."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
import stripe

from stripe_double.tests.running import CARDS, SECRET, Double, Shop, envelope, paid

# The members that Stripe always sends. Source: the `refund` of https://github.com/stripe/openapi (fixtures3).
MEMBERS = set(
    """
    amount balance_transaction charge created currency customer customer_account destination_details id metadata object
    payment_intent payment_method reason receipt_number source_transfer_reversal status transfer_reversal
    """.split()
)


def _refund(double: Double, intent: dict[str, Any], **form: str) -> dict[str, Any]:
    form = {"payment_intent": intent["id"], **form}
    made: dict[str, Any] = double.raw("POST", "/v1/refunds", data=form).raise_for_status().json()
    return made


def _charge(double: Double, intent: dict[str, Any], **query: str) -> dict[str, Any]:
    path = f"/v1/charges/{intent['latest_charge']}"
    found: dict[str, Any] = double.raw("GET", path, params=query).raise_for_status().json()
    return found


def _end(double: Double, refund: dict[str, Any], **wanted: str) -> httpx.Response:
    return double.raw("POST", f"/_double/refunds/{refund['id']}", json=wanted)


async def test_charge_is_refunded_in_parts(double: Double, sdk: stripe.StripeClient) -> None:
    intent = paid(double)
    first = await sdk.v1.refunds.create_async({"payment_intent": intent["id"], "amount": 300})
    assert set(first.to_dict()) == MEMBERS
    assert (first.charge, first.payment_intent, first.status) == (intent["latest_charge"], intent["id"], "succeeded")
    charge = await sdk.v1.charges.retrieve_async(intent["latest_charge"])
    assert (charge.amount_refunded, charge.refunded) == (300, False)
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded amount"):
        await sdk.v1.refunds.create_async({"payment_intent": intent["id"], "amount": 601})
    await sdk.v1.refunds.create_async({"charge": intent["latest_charge"]})
    assert (await sdk.v1.charges.retrieve_async(intent["latest_charge"])).refunded
    listed = await sdk.v1.refunds.list_async({"charge": intent["latest_charge"], "limit": 1})
    assert (len(listed.data), listed.has_more) == (1, True)
    more = await sdk.v1.refunds.list_async({"charge": intent["latest_charge"], "starting_after": listed.data[0].id})
    assert [each.id for each in more.data] == [first.id]


async def test_impossible_refunds_are_refused(double: Double, sdk: stripe.StripeClient) -> None:
    held = paid(double, capture_method="manual")
    with pytest.raises(stripe.InvalidRequestError, match="must cancel the PaymentIntent"):
        await sdk.v1.refunds.create_async({"payment_intent": held["id"]})
    unpaid = double.raw("POST", "/v1/payment_intents", data={"amount": "900", "currency": "usd"}).json()
    refused: list[Any] = [{"payment_intent": unpaid["id"]}, {"payment_intent": "pi_none"}, {"charge": "ch_none"}, {}]
    for wanted in refused:
        with pytest.raises(stripe.InvalidRequestError):
            await sdk.v1.refunds.create_async(wanted)
    for name in ("re_none", "du_none"):
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            await sdk.v1.refunds.retrieve_async(name)
        assert envelope(refusal.value)["code"] == "resource_missing"
    public = double.raw("POST", "/v1/refunds", key="pk_test_of_the_tests", data={"payment_intent": held["id"]})
    assert public.json()["error"]["code"] == "secret_key_required"


def test_failed_refund_reduces_the_refunded_amount(double: Double, shop: Shop) -> None:
    intent = paid(double, "pm_card_refundFail")
    made = double.raw("POST", "/v1/refunds", data={"payment_intent": intent["id"]}).json()
    assert made["status"] == "succeeded"
    shop.told(made["id"], "refund.created")
    double.raw("POST", "/_double/clock", json={"advance_seconds": 1}).raise_for_status()
    event = shop.told(made["id"], "refund.failed")
    assert event.data.object["failure_reason"] == "unknown"
    charge = double.raw("GET", f"/v1/charges/{intent['latest_charge']}").json()
    assert (charge["amount_refunded"], charge["refunded"]) == (0, False)
    shop.told(intent["latest_charge"], "charge.refunded")
    cancelled = double.raw("POST", f"/v1/refunds/{made['id']}/cancel")
    assert cancelled.status_code == 400


async def test_refusals_are_stripes_own(double: Double, sdk: stripe.StripeClient) -> None:
    intent, other = paid(double), paid(double)
    answers = {
        "amount=901": (
            None,
            "amount",
            "Refund amount (9.01 USD) is greater than unrefunded amount on charge (9.00 USD)",
        ),
        "amount=0": ("parameter_invalid_integer", "amount", "Invalid integer: 0 must be between 1 and 999999999999."),
        "reason=expired_uncaptured_charge": (
            *(None, "reason"),
            "Invalid reason: must be one of duplicate, fraudulent, or requested_by_customer",
        ),
        f"charge={other['latest_charge']}": (
            *(None, "charge"),
            f"Charge {other['latest_charge']} does not belong to PaymentIntent {intent['id']}.",
        ),
        "instructions_email=a@b.example": ("parameter_unknown", "instructions_email", "Received unknown parameter"),
    }
    for form, (code, param, message) in answers.items():
        name, _, value = form.partition("=")
        refused = double.raw("POST", "/v1/refunds", data={"payment_intent": intent["id"], name: value})
        error = refused.json()["error"]
        assert (refused.status_code, error.get("code"), error.get("param")) == (400, code, param)
        assert error["message"].startswith(message)
    missing = double.raw("POST", "/v1/refunds", data={"charge": "ch_none"})
    assert (missing.status_code, missing.json()["error"]["param"]) == (404, "id")
    _refund(double, intent)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        await sdk.v1.refunds.create_async({"charge": intent["latest_charge"]})
    assert refusal.value.code == "charge_already_refunded"


def test_a_failed_or_disputed_charge_is_not_refunded(double: Double) -> None:
    form = {**CARDS, "amount": "900", "currency": "usd", "confirm": "true", "payment_method": "pm_card_chargeDeclined"}
    declined = double.raw("POST", "/v1/payment_intents", data=form).json()["error"]["payment_intent"]
    charge = double.raw("GET", "/v1/charges", params={"payment_intent": declined["id"]}).json()["data"][0]["id"]
    answer = double.raw("POST", "/v1/refunds", data={"charge": charge}).json()["error"]
    assert "does not have a successful charge to refund" in answer["message"]
    held = paid(double, capture_method="manual")
    double.raw("POST", f"/v1/payment_intents/{held['id']}/cancel").raise_for_status()
    answer = double.raw("POST", "/v1/refunds", data={"payment_intent": held["id"]}).json()["error"]
    assert "does not have a successful charge to refund" in answer["message"]
    disputed = paid(double, "pm_card_createDispute")
    answer = double.raw("POST", "/v1/refunds", data={"payment_intent": disputed["id"]}).json()["error"]
    assert answer["code"] == "charge_disputed"
    assert _refund(double, paid(double, "pm_card_createDisputeInquiry"))["status"] == "succeeded"


def test_the_same_key_is_one_refund(double: Double) -> None:
    intent = paid(double)
    form = {"payment_intent": intent["id"], "amount": "100"}
    first, again = (
        double.raw("POST", "/v1/refunds", data=form, headers={"Idempotency-Key": f"refund-{intent['id']}"}).json()
        for _ in range(2)
    )
    assert first["id"] == again["id"]
    changed = {**form, "amount": "200"}
    other = double.raw("POST", "/v1/refunds", data=changed, headers={"Idempotency-Key": f"refund-{intent['id']}"})
    assert (other.status_code, other.json()["error"]["type"]) == (400, "idempotency_error")
    assert _charge(double, intent)["amount_refunded"] == 100


async def test_two_refunds_at_once_wait_for_the_charge(double: Double) -> None:
    intent = paid(double)
    double.faults(latency_ms=900, operation="refund")
    form = {"payment_intent": intent["id"], "amount": "600"}
    async with httpx.AsyncClient(base_url=double.url, auth=(SECRET, ""), timeout=60) as client:
        answers = await asyncio.gather(*(client.post("/v1/refunds", data=form) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [200, 429]
    (refused,) = [answer.json()["error"]["code"] for answer in answers if answer.status_code == 429]
    assert refused == "lock_timeout"
    assert [each["amount"] for each in double.entry(intent["id"])["refunds"]] == [600]


def test_pending_refund_succeeds_later_and_gets_a_reference(double: Double, shop: Shop) -> None:
    intent = paid(double, "pm_card_pendingRefund")
    made = _refund(double, intent, amount="300")
    assert (made["status"], made["pending_reason"]) == ("pending", "processing")
    assert _charge(double, intent)["amount_refunded"] == 300
    double.raw("POST", "/_double/clock", json={"advance_seconds": 1}).raise_for_status()
    data = shop.told(made["id"], "charge.refund.updated").data.to_dict()
    event, before = data["object"], data["previous_attributes"]
    assert (event["status"], event["pending_reason"]) == ("succeeded", None)
    assert len(event["destination_details"]["card"]["reference"]) == 23
    assert (before["status"], before["pending_reason"]) == ("pending", "processing")
    assert before["destination_details"]["card"] == {"reference": None, "reference_status": "pending"}
    assert "amount" not in before
    refunded = shop.told(intent["latest_charge"], "charge.refunded").data.to_dict()
    assert refunded["previous_attributes"] == {"amount_refunded": 0}


@pytest.mark.parametrize("how", ["failed", "canceled"])
def test_pending_refund_ends_in_the_dashboard(double: Double, shop: Shop, how: str) -> None:
    intent = paid(double)
    made = double.raw("POST", "/_double/refunds", json={"payment_intent": intent["id"], "reason": "duplicate"}).json()
    assert made["reason"] == "duplicate"
    assert _end(double, made, status="pending", reason="insufficient_funds").json()["status"] == "pending"
    ended = _end(double, made, status=how).json()
    assert ended.get("failure_reason") == ("unknown" if how == "failed" else None)
    assert _charge(double, intent)["amount_refunded"] == 0
    shop.told(made["id"], "refund.failed" if how == "failed" else "refund.updated")
    assert _end(double, made, status="succeeded").status_code == 400
    assert _refund(double, intent)["amount"] == 900


@pytest.mark.parametrize(
    "wanted",
    [{"status": "gone"}, {}, {"status": "failed", "reason": "mood"}, {"status": "succeeded", "reason": "unknown"}],
)
def test_dashboard_refuses_what_no_refund_has(double: Double, wanted: dict[str, str]) -> None:
    made = _refund(double, paid(double))
    assert _end(double, made, **wanted).status_code == 400
    assert double.raw("GET", f"/v1/refunds/{made['id']}").json()["status"] == "succeeded"


@pytest.mark.parametrize("wanted", [{"amount": 0}, {"amount": "9"}, {"reason": "mood"}, {"amount": True}])
def test_dashboard_refuses_a_malformed_refund(double: Double, wanted: dict[str, Any]) -> None:
    intent = paid(double)
    assert double.raw("POST", "/_double/refunds", json={"payment_intent": intent["id"], **wanted}).status_code == 400
    assert _charge(double, intent)["amount_refunded"] == 0


def test_only_a_refund_that_waits_for_the_shopper_is_cancelled_by_the_api(double: Double) -> None:
    made = _refund(double, paid(double, "pm_card_pendingRefund"))
    refused = double.raw("POST", f"/v1/refunds/{made['id']}/cancel")
    assert (refused.status_code, refused.json()["error"]["message"]) == (400, "Canceling this refund is unsupported.")
    waiting = _end(double, made, status="requires_action").json()
    assert waiting["next_action"]["type"] == "display_details"
    assert double.raw("POST", f"/v1/refunds/{made['id']}/cancel").json()["status"] == "canceled"


def test_update_adds_metadata_and_sends_an_event(double: Double, shop: Shop) -> None:
    made = _refund(double, paid(double), **{"metadata[refund_id]": "7"})
    after = double.raw("POST", f"/v1/refunds/{made['id']}", data={"metadata[note]": "x"}).json()
    assert after["metadata"] == {"refund_id": "7", "note": "x"}
    assert shop.told(made["id"], "refund.updated").data.object["metadata"]["note"] == "x"


def test_objects_are_expanded(double: Double) -> None:
    intent = paid(double)
    made = _refund(double, intent, **{"expand[]": "charge.payment_intent"})
    assert made["charge"]["payment_intent"]["id"] == intent["id"]
    assert "refunds" not in _charge(double, intent)
    refunds = _charge(double, intent, **{"expand[]": "refunds"})["refunds"]
    assert [each["id"] for each in refunds["data"]] == [made["id"]]
    assert refunds["url"] == f"/v1/charges/{intent['latest_charge']}/refunds"
    listed = double.raw("GET", "/v1/refunds", params={"limit": "1", "expand[]": "data.payment_intent"}).json()
    assert listed["data"][0]["payment_intent"]["object"] == "payment_intent"
    for path in ("amount", "nothing", "charge.amount", "id", "charge.payment_intent.latest_charge.refunds.data"):
        answer = double.raw("GET", f"/v1/refunds/{made['id']}", params={"expand[]": path})
        assert (answer.status_code, answer.json()["error"]["param"]) == (400, "expand")

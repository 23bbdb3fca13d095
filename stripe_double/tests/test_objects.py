"""Charges, disputes, warnings and events, through the official SDK and through the double's own switches."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import stripe

from stripe_double.tests.running import CARDS, Double, Shop, envelope, in_thread, paid, until


def test_inquiry_withdraws_no_funds_and_warning_sends_an_event(double: Double, shop: Shop) -> None:
    inquired = paid(double, "pm_card_createDisputeInquiry")
    found = double.raw("GET", "/v1/disputes", params={"charge": inquired["latest_charge"]}).json()["data"][0]
    assert (found["status"], found["is_charge_refundable"]) == ("warning_needs_response", True)
    shop.told(found["id"], "charge.dispute.created")
    warned = paid(double, "pm_card_createIssuerFraudRecord")
    listed = double.raw("GET", "/v1/radar/early_fraud_warnings", params={"payment_intent": warned["id"]}).json()
    shop.told(listed["data"][0]["id"], "radar.early_fraud_warning.created")
    assert "charge.dispute.funds_withdrawn" not in shop.kinds(found["id"])


def test_dashboard_api_creates_refunds_and_disputes(double: Double, shop: Shop) -> None:
    intent = paid(double)
    refund = double.raw("POST", "/_double/refunds", json={"payment_intent": intent["id"], "amount": 100}).json()
    ended = double.raw("POST", f"/_double/refunds/{refund['id']}", json={"status": "failed"}).json()
    assert ended["status"] == "failed"
    dispute = double.raw("POST", "/_double/disputes", json={"payment_intent": intent["id"]}).json()
    double.raw("POST", f"/_double/disputes/{dispute['id']}", json={"status": "won"}).raise_for_status()
    shop.told(dispute["id"], "charge.dispute.funds_reinstated")
    double.raw("POST", "/_double/warnings", json={"payment_intent": intent["id"]}).raise_for_status()
    wrong: list[tuple[str, Any]] = [
        ("refunds", {"payment_intent": "pi_none"}),
        (f"refunds/{refund['id']}", {"status": "lost"}),
        ("disputes", {"payment_intent": intent["id"], "reason": "whim"}),
        (f"disputes/{dispute['id']}", {}),
        ("disputes", []),
    ]
    for path, wanted in wrong:
        assert double.raw("POST", f"/_double/{path}", json=wanted).status_code in {400, 404}, path
    assert double.raw("POST", "/_double/refunds", content=b"{").status_code == 400


async def test_events_are_stored_and_listed(double: Double, sdk: stripe.StripeClient) -> None:
    intent = paid(double)
    listed = await sdk.v1.events.list_async({"type": "payment_intent.succeeded", "limit": 1})
    assert listed.data[0].data.object["id"] == intent["id"]
    event = await sdk.v1.events.retrieve_async(listed.data[0].id)
    assert event.type == "payment_intent.succeeded"
    with pytest.raises(stripe.InvalidRequestError):
        await sdk.v1.events.retrieve_async("evt_none")


async def test_an_intent_is_updated(double: Double, sdk: stripe.StripeClient) -> None:
    intent = await sdk.v1.payment_intents.create_async({"amount": 900, "currency": "usd", "metadata": {"a": "1"}})
    changed = await sdk.v1.payment_intents.update_async(intent.id, {"amount": 950, "metadata": {"b": "2"}})
    assert (changed.amount, changed.metadata.to_dict()) == (950, {"a": "1", "b": "2"})
    held = paid(double, capture_method="manual")
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        await sdk.v1.payment_intents.update_async(held["id"], {"amount": 1})
    assert refusal.value.code == "payment_intent_unexpected_state"


@pytest.mark.parametrize("suffix", ["x" * 23, "1234", "A*B", "Ä"])
async def test_invalid_statement_descriptors_are_refused(sdk: stripe.StripeClient, suffix: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        await sdk.v1.payment_intents.create_async(
            {"amount": 900, "currency": "usd", "statement_descriptor_suffix": suffix}
        )
    assert refusal.value.param == "statement_descriptor_suffix"


async def test_decline_has_an_advice_code(double: Double, sdk: stripe.StripeClient) -> None:
    lost = "pm_card_visa_chargeDeclinedLostCard"
    with pytest.raises(stripe.CardError) as refusal:
        await sdk.v1.payment_intents.create_async(
            {
                "amount": 900,
                "currency": "usd",
                "confirm": True,
                "payment_method": lost,
                "allowed_payment_method_types": ["card"],
            }
        )
    error = envelope(refusal.value)
    assert (error["decline_code"], error["advice_code"], error["network_decline_code"]) == (
        "lost_card",
        "do_not_try_again",
        "41",
    )
    charge = double.raw("GET", f"/v1/charges/{error['charge']}").json()
    assert charge["outcome"]["advice_code"] == "do_not_try_again"


def test_authorisation_expires_after_a_week_and_key_after_a_day(tmp_path: Path, shop: Shop) -> None:
    with in_thread(tmp_path / "book", shop.url) as double:
        _live_through_a_week(double, shop)


def _live_through_a_week(double: Double, shop: Shop) -> None:
    form = {**CARDS, "amount": "900", "currency": "usd", "confirm": "true", "payment_method": "pm_card_visa"}
    headers = {"Idempotency-Key": "of a day"}
    held = double.raw("POST", "/v1/payment_intents", data={**form, "capture_method": "manual"}, headers=headers).json()
    charge = double.raw("GET", f"/v1/charges/{held['latest_charge']}").json()
    before = charge["payment_method_details"]["card"]["capture_before"]
    assert before == charge["created"] + 7 * 86_400
    double.raw("POST", "/_double/clock", json={"advance_seconds": 86_401}).raise_for_status()
    again = double.raw("POST", "/v1/payment_intents", data=form, headers=headers)
    assert (again.status_code, again.json()["id"] != held["id"]) == (200, True)
    assert double.raw("GET", f"/v1/payment_intents/{held['id']}").json()["status"] == "requires_capture"
    double.raw("POST", "/_double/clock", json={"advance_seconds": 7 * 86_400}).raise_for_status()
    ended = double.raw("GET", f"/v1/payment_intents/{held['id']}").json()
    assert (ended["status"], ended["cancellation_reason"]) == ("canceled", "automatic")
    until(lambda: "charge.expired" in shop.kinds(held["latest_charge"]), "the end to be told")
    for wrong in ({}, {"advance_seconds": "1"}, {"advance_seconds": -1}, {"advance_seconds": 10**9}):
        assert double.raw("POST", "/_double/clock", json=wrong).status_code == 400
    assert double.raw("POST", "/_double/clock", content=b"x").status_code == 400


@pytest.mark.parametrize(
    ("card", "kind", "level", "status"),
    [
        ("pm_card_visa", "authorized", "normal", "approved_by_network"),
        ("pm_card_riskLevelElevated", "authorized", "elevated", "approved_by_network"),
        ("pm_card_radarBlock", "blocked", "highest", "not_sent_to_network"),
        ("pm_card_riskLevelHighest", "blocked", "highest", "not_sent_to_network"),
        ("pm_card_chargeDeclined", "issuer_declined", "normal", "declined_by_network"),
    ],
)
def test_radar_rates_and_blocks_payments(double: Double, card: str, kind: str, level: str, status: str) -> None:
    form = {**CARDS, "amount": "900", "currency": "usd", "confirm": "true", "payment_method": card}
    answer = double.raw("POST", "/v1/payment_intents", data=form).json()
    intent = answer["error"]["payment_intent"] if "error" in answer else answer
    outcome = double.raw("GET", f"/v1/charges/{intent['latest_charge']}").json()["outcome"]
    assert (outcome["type"], outcome["risk_level"], outcome["network_status"]) == (kind, level, status)

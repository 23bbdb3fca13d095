"""Disputes: opened by a test card or the dashboard, answered, decided, with their funds and fees."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
import stripe

from stripe_double.tests.running import Double, Shop, paid


def _dispute(double: Double, card: str = "pm_card_createDispute", **wanted: Any) -> dict[str, Any]:
    intent = paid(double, card)
    if wanted:
        double.raw("POST", "/_double/disputes", json={"payment_intent": intent["id"], **wanted}).raise_for_status()
    listed = double.raw("GET", "/v1/disputes", params={"payment_intent": intent["id"]}).raise_for_status().json()
    found: dict[str, Any] = listed["data"][0]
    return found


def _now(double: Double, dispute: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = double.raw("GET", f"/v1/disputes/{dispute['id']}").raise_for_status().json()
    return found


def _answer(double: Double, dispute: dict[str, Any], text: str, **more: str) -> httpx.Response:
    form = {"evidence[uncategorized_text]": text, **more}
    return double.raw("POST", f"/v1/disputes/{dispute['id']}", data=form)


def _later(double: Double, seconds: int = 1) -> None:
    double.raw("POST", "/_double/clock", json={"advance_seconds": seconds}).raise_for_status()


def _moves(dispute: dict[str, Any]) -> list[tuple[int, int, str]]:
    return [(each["amount"], each["fee"], each["reporting_category"]) for each in dispute["balance_transactions"]]


async def test_dispute_by_a_test_card_is_answered_and_closed(
    double: Double, sdk: stripe.StripeClient, shop: Shop
) -> None:
    intent = paid(double, "pm_card_createDisputeProductNotReceived")
    (dispute,) = (await sdk.v1.disputes.list_async({"payment_intent": intent["id"]})).data
    assert (dispute.reason, dispute.status, dispute.amount) == ("product_not_received", "needs_response", 900)
    shop.told(dispute.id, "charge.dispute.funds_withdrawn")
    assert (await sdk.v1.charges.retrieve_async(intent["latest_charge"])).disputed
    sent = await sdk.v1.disputes.update_async(dispute.id, {"evidence": {"customer_name": "Ada"}})
    assert (sent.status, sent.evidence_details.submission_count) == ("under_review", 1)
    closed = await sdk.v1.disputes.close_async(dispute.id)
    assert closed.status == "lost"
    shop.told(dispute.id, "charge.dispute.closed")
    with pytest.raises(stripe.InvalidRequestError, match="This dispute is already closed"):
        await sdk.v1.disputes.update_async(dispute.id, {"evidence": {"customer_name": "Ada"}})


def test_dispute_has_stripes_members_and_its_funds(double: Double, shop: Shop) -> None:
    opened = _dispute(double)
    assert len(opened["evidence"]) == 28
    assert opened["payment_method_details"]["card"] == {
        "brand": "visa",
        "case_type": "chargeback",
        "network": "visa",
        "network_reason_code": "10.4",
    }
    assert opened["evidence_details"]["due_by"] > opened["created"] + 7 * 86_400
    assert _moves(opened) == [(-900, 2000, "dispute")]
    assert shop.told(opened["charge"], "charge.updated").data.object["disputed"]


@pytest.mark.parametrize(
    ("text", "status", "moves"),
    [
        ("winning_evidence", "won", [(-900, 2000, "dispute"), (900, 0, "dispute_reversal")]),
        ("losing_evidence", "lost", [(-900, 2000, "dispute")]),
        ("The parcel arrived.", "under_review", [(-900, 2000, "dispute")]),
    ],
)
def test_evidence_is_reviewed_and_decided_later(
    double: Double, shop: Shop, text: str, status: str, moves: list[tuple[int, int, str]]
) -> None:
    opened = _dispute(double)
    answered = _answer(double, opened, text).json()
    assert (answered["status"], answered["evidence_details"]["submission_method"]) == ("under_review", "manual")
    _later(double)
    ended = _now(double, opened)
    assert (ended["status"], _moves(ended), ended["is_charge_refundable"]) == (status, moves, status == "won")
    if status == "won":
        shop.told(opened["id"], "charge.dispute.funds_reinstated")
        refund = double.raw("POST", "/v1/refunds", data={"charge": opened["charge"]}).json()
        assert refund["status"] == "succeeded"


def test_evidence_is_kept_until_it_is_submitted(double: Double) -> None:
    opened = _dispute(double)
    kept = _answer(double, opened, "winning_evidence", submit="false").json()
    assert (kept["status"], kept["evidence_details"]["has_evidence"]) == ("needs_response", True)
    assert kept["evidence_details"]["submission_count"] == 0
    upload = double.raw("POST", f"/v1/disputes/{opened['id']}", data={"evidence[receipt]": "file_1"}).json()["error"]
    assert upload["param"] == "evidence[receipt]"
    unknown = double.raw("POST", f"/v1/disputes/{opened['id']}", data={"evidence[mood]": "x"}).json()["error"]
    assert unknown["code"] == "parameter_unknown"


def test_inquiry_becomes_a_chargeback(double: Double, shop: Shop) -> None:
    opened = _dispute(double, "pm_card_createDisputeInquiry")
    assert (_moves(opened), opened["payment_method_details"]["card"]["case_type"]) == ([], "inquiry")
    assert _answer(double, opened, "escalate_inquiry_evidence").json()["status"] == "warning_under_review"
    _later(double)
    escalated = _now(double, opened)
    assert (escalated["status"], _moves(escalated)) == ("needs_response", [(-900, 2000, "dispute")])
    assert not escalated["is_charge_refundable"]
    shop.told(opened["id"], "charge.dispute.funds_withdrawn")
    assert double.raw("GET", f"/v1/charges/{opened['charge']}").json()["disputed"]


def test_dispute_that_nobody_answers_is_lost(double: Double, shop: Shop) -> None:
    opened = _dispute(double, "pm_card_visa", reason="product_unacceptable", amount=400)
    assert (opened["amount"], opened["network_reason_code"]) == (400, "13.3")
    _later(double, 11 * 86_400)
    assert _now(double, opened)["status"] == "lost"
    shop.told(opened["id"], "charge.dispute.closed")


def test_late_evidence_of_an_inquiry_is_marked(double: Double) -> None:
    opened = _dispute(double, "pm_card_createDisputeInquiry")
    _later(double, 11 * 86_400)
    assert _answer(double, opened, "Late.").json()["evidence_details"]["past_due"]
    _later(double, 120 * 86_400)
    assert _now(double, opened)["status"] == "warning_closed"


@pytest.mark.parametrize("wanted", [{"reason": "mood"}, {"amount": 0}, {"amount": "4"}])
def test_dashboard_refuses_a_malformed_dispute(double: Double, wanted: dict[str, Any]) -> None:
    intent = paid(double)
    refused = double.raw("POST", "/_double/disputes", json={"payment_intent": intent["id"], **wanted})
    assert refused.status_code == 400
    assert double.raw("GET", "/v1/disputes", params={"payment_intent": intent["id"]}).json()["data"] == []

"""Staff answer disputes: evidence is kept and sent once, a dispute is accepted once; the rest is refused."""

from __future__ import annotations

import asyncio

import pytest

from chassis.resilience import failpoints
from payments.tests.disputes.test_disputes import Fronted, about_disputes, staff
from payments.tests.shop import Shop
from payments.tests.test_cases import captured, told


@pytest.mark.parametrize(("evidence", "end"), [("winning_evidence", "won"), ("losing_evidence", "lost")])
async def test_evidence_is_kept_then_sent_and_the_bank_decides(shop: Shop, evidence: str, end: str):
    order_id, intent_id = await captured(shop)
    dispute_id = shop.double.control("disputes", payment_intent=intent_id)["id"]
    await told(shop, dispute_id, {"charge.dispute.created"})
    kept = await staff(shop, f"{dispute_id}/evidence", {"text": evidence})
    assert (kept.status_code, kept.json()["status"]) == (200, "needs_response")
    sent = await staff(shop, f"{dispute_id}/evidence", {"text": evidence, "submit": True})
    assert (sent.status_code, sent.json()["status"], sent.json()["answerable"]) == (200, "under_review", False)
    again = await staff(shop, f"{dispute_id}/evidence", {"text": "More", "submit": True})
    assert (again.status_code, again.json()["type"]) == (409, "dispute-not-answerable")
    shop.double.go_on()
    await told(shop, dispute_id, {"charge.dispute.closed"})
    assert (await about_disputes(shop, order_id))[-1][1]["outcome"] == end
    again = await staff(shop, f"{dispute_id}/evidence", {"text": evidence, "submit": True})
    assert (again.status_code, again.json()["type"]) == (409, "dispute-not-answerable")
    lines = await shop.rows("select action from audit_lines where object = $1 order by id", f"dispute:{dispute_id}")
    assert [line["action"] for line in lines] == ["dispute.evidence_kept", "dispute.evidence_submitted"]


async def test_a_dispute_is_accepted_once_by_many_at_once(shop: Shop):
    order_id, intent_id = await captured(shop)
    dispute_id = shop.double.control("disputes", payment_intent=intent_id)["id"]
    await told(shop, dispute_id, {"charge.dispute.created"})
    answers = await asyncio.gather(*(staff(shop, f"{dispute_id}/accept") for _ in range(6)))
    assert {each.status_code for each in answers} <= {200, 409, 424}
    assert any(each.status_code == 200 for each in answers)
    assert [kind for kind, _ in await about_disputes(shop, order_id)] == ["payment.disputed", "payment.dispute_closed"]
    assert (await shop.staff(f"/disputes/{dispute_id}")).json()["outcome"] == "lost"
    assert (await staff(shop, f"{dispute_id}/accept")).json()["type"] == "dispute-not-answerable"


async def test_a_process_that_dies_after_the_answer_is_told_the_same_again(shop: Shop):
    order_id, intent_id = await captured(shop)
    dispute_id = shop.double.control("disputes", payment_intent=intent_id)["id"]
    await told(shop, dispute_id, {"charge.dispute.created"})
    failpoints.configure("payments.after_dispute_answered=raise*1")
    assert (await staff(shop, f"{dispute_id}/accept")).status_code == 500
    assert (await shop.staff(f"/disputes/{dispute_id}")).json()["answerable"]
    assert (await staff(shop, f"{dispute_id}/accept")).json()["outcome"] == "lost"
    assert [kind for kind, _ in await about_disputes(shop, order_id)] == ["payment.disputed", "payment.dispute_closed"]


async def test_an_answer_that_is_lost_is_given_again(fronted: Fronted):
    shop, front = fronted
    _, intent_id = await captured(shop)
    dispute_id = shop.double.control("disputes", payment_intent=intent_id)["id"]
    await told(shop, dispute_id, {"charge.dispute.created"})
    front.answers = [(500, b"{}")]
    assert (await staff(shop, f"{dispute_id}/accept")).json()["type"] == "payment-provider-unavailable"
    front.answers = [(403, b'{"error":{"message":"No."}}')]
    assert (await staff(shop, f"{dispute_id}/accept")).json()["type"] == "payment-not-available"
    front.answers = [(200, b'{"object":"charge"}')]
    assert (await staff(shop, f"{dispute_id}/accept")).status_code == 503
    front.answers = [(400, b'{"error":{"type":"invalid_request_error","message":"It is closed.","code":"closed"}}')]
    refused = (await staff(shop, f"{dispute_id}/accept")).json()
    assert (refused["type"], refused["detail"], refused["code"]) == (
        "dispute-not-answerable",
        "It is closed.",
        "closed",
    )
    shop.double.faults(fail_before_commit=1)
    assert (await staff(shop, f"{dispute_id}/accept")).status_code == 503
    assert (await staff(shop, f"{dispute_id}/accept")).json()["outcome"] == "lost"


async def test_what_cannot_be_answered_and_what_is_no_id_are_refused(shop: Shop):
    _, intent_id = await captured(shop)
    warning = shop.double.control("warnings", payment_intent=intent_id)["id"]
    await told(shop, warning, {"radar.early_fraud_warning.created"})
    assert (await staff(shop, f"{warning}/accept")).json()["type"] == "dispute-not-answerable"
    assert (await staff(shop, "du_none/accept")).status_code == 404
    assert (await shop.staff("/disputes/du_none")).status_code == 404
    assert (await shop.staff(f"/disputes/{'x' * 256}")).status_code == 422
    assert (await shop.staff("/disputes/du%00x")).status_code == 422
    assert (await shop.staff("/disputes/re_1?")).status_code == 404
    assert (await shop.staff("/disputes?cursor=abc")).status_code == 422
    for text in ("", "a\x00b", "x" * 10_001, None):
        answer = await staff(shop, "du_1/evidence", {"text": text})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "text")


@pytest.mark.parametrize("path", ["", "/du_1"])
async def test_disputes_are_for_staff_of_payments(shop: Shop, path: str):
    assert (await shop.app.client.get(f"/api/v1/admin/disputes{path}")).status_code == 401
    assert (await shop.staff(f"/disputes{path}", "orders:read")).status_code == 403
    reading = shop.app.token(scopes=("payments:read",))
    assert (await shop.app.client.post("/api/v1/admin/disputes/du_1/accept", headers=reading)).status_code == 403

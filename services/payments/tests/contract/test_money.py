"""Disputes, the balance, payouts and customers: the same of the double and of Stripe."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import stripe

from chassis.values import uuid7
from payments.domain.intent import Intent
from payments.provider import Refused
from payments.tests.contract.side import Side, refund

FAR = datetime.now(UTC) + timedelta(days=400)
"""Later than what is made here, though the double's clock may be ahead."""
TRANSACTION = set(
    """
    amount available_on balance_type created currency description exchange_rate fee fee_details id net object
    reporting_category source status type
    """.split()
)
PAYOUT = set(
    """
    amount arrival_date automatic balance_transaction created currency description destination
    failure_balance_transaction failure_code failure_message id livemode metadata method object original_payout
    reconciliation_status reversed_by source_type statement_descriptor status type
    """.split()
)
DISPUTE = set(
    """
    amount balance_transactions charge created currency evidence evidence_details id is_charge_refundable livemode
    metadata object payment_intent payment_method_details reason status
    """.split()
)


async def _dispute(side: Side, paid: Intent) -> dict[str, Any]:
    async def found() -> dict[str, Any] | None:
        listed = await side.api.get("disputes", parameters={"payment_intent": paid.id})
        return listed["data"][0] if listed["data"] else None

    opened: dict[str, Any] = await side.later("the dispute", found)
    return opened


async def test_a_dispute_takes_the_amount_and_a_fee_and_forbids_refunds(side: Side):
    paid = await side.captured("pm_card_createDispute")
    opened = await _dispute(side, paid)
    assert opened.keys() >= DISPUTE
    (withdrawn,) = opened["balance_transactions"]
    assert withdrawn.keys() >= TRANSACTION
    assert (withdrawn["type"], withdrawn["reporting_category"]) == ("adjustment", "dispute")
    assert withdrawn["net"] == withdrawn["amount"] - withdrawn["fee"]
    assert withdrawn["fee"] > 0
    case = await side.provider.case("dispute", opened["id"])
    assert (case.status, case.amount, case.reason, case.intent_id) == ("needs_response", 4200, "fraudulent", paid.id)
    assert case.due_by is not None
    assert case.due_by > case.created_at
    with pytest.raises(Refused) as refusal:
        await side.provider.refund(refund(paid, 100), f"refund-{uuid7()}")
    assert refusal.value.code == "charge_disputed"


@pytest.mark.parametrize(("text", "outcome"), [("winning_evidence", "won"), ("losing_evidence", "lost")])
async def test_evidence_decides_a_dispute(side: Side, text: str, outcome: str):
    opened = await _dispute(side, await side.captured("pm_card_createDispute"))
    disputes = side.provider.disputes
    kept = await disputes.submit_evidence(opened["id"], "Kept.", submit=False, key=f"keep-{uuid7()}")
    assert kept.status == "needs_response"
    sent = await disputes.submit_evidence(opened["id"], text, submit=True, key=f"send-{uuid7()}")
    assert sent.status in {"under_review", outcome}

    async def decided() -> dict[str, Any] | None:
        now = await side.api.get("disputes", opened["id"])
        moves = len(now["balance_transactions"])
        return now if now["status"] == outcome and moves == (2 if outcome == "won" else 1) else None

    ended = await side.later("the decision", decided)
    assert ended["is_charge_refundable"] == (outcome == "won")
    with pytest.raises(Refused, match="already closed"):
        await disputes.submit_evidence(opened["id"], text, submit=True, key=f"send-{uuid7()}")


async def test_an_accepted_dispute_is_lost(side: Side):
    opened = await _dispute(side, await side.captured("pm_card_createDisputeProductNotReceived"))
    closed = await side.provider.disputes.accept(opened["id"], f"accept-{uuid7()}")
    assert (closed.status, closed.reason) == ("lost", "product_not_received")


async def test_an_inquiry_takes_nothing_and_allows_refunds(side: Side):
    paid = await side.captured("pm_card_createDisputeInquiry")
    opened = await _dispute(side, paid)
    assert (opened["status"], opened["balance_transactions"]) == ("warning_needs_response", [])
    made = await side.provider.refund(refund(paid, 100), f"refund-{uuid7()}")
    assert made.status == "succeeded"


async def test_money_moves_in_balance_transactions(side: Side):
    since = datetime.now(UTC) - timedelta(minutes=5)
    paid = await side.captured("pm_card_bypassPending")

    async def booked() -> dict[str, Any] | None:
        return (await side.charge_of(paid, "balance_transaction"))["balance_transaction"]

    brought = await side.later("the charge's balance transaction", booked)
    assert brought.keys() >= TRANSACTION
    assert (brought["type"], brought["status"]) == ("charge", "available")
    assert brought["net"] == brought["amount"] - brought["fee"]
    assert sum(each["amount"] for each in brought["fee_details"]) == brought["fee"] > 0
    made = await side.provider.refund(refund(paid, 1000), f"refund-{uuid7()}")
    listed = await side.api.get("balance_transactions", parameters={"source": made.id})
    (taken,) = listed["data"]
    assert (taken["type"], taken["fee"], taken["source"]) == ("refund", 0, made.id)
    assert taken["amount"] < 0
    movements = {each.id: each async for page in side.provider.balance.movements(since, FAR) for each in page}
    assert (movements[brought["id"]].fee, movements[brought["id"]].source) == (brought["fee"], brought["source"])
    assert (movements[taken["id"]].type, movements[taken["id"]].amount) == ("refund", taken["amount"])
    balance = await side.api.get("balance")
    assert {each["currency"] for each in balance["available"]} >= {taken["currency"]}
    assert balance["pending"]


async def test_a_manual_payout_is_not_itemised(side: Side):
    since = datetime.now(UTC) - timedelta(minutes=5)
    most = await _available(side)
    if most["amount"] < 100:
        # Refunds and disputes of funds that are still pending make the available ones negative.
        await side.captured("pm_card_bypassPending", 2 * (1000 - most["amount"]))
        most = await _available(side)
    made = await side.post("payouts", amount=100, currency=most["currency"])
    assert made.keys() >= PAYOUT
    assert (made["automatic"], made["reconciliation_status"]) == (False, "not_applicable")
    payouts = {each.id: each async for page in side.provider.balance.payouts(since) for each in page}
    assert (payouts[made["id"]].amount, payouts[made["id"]].complete) == (100, False)
    with pytest.raises(Refused, match="only be filtered on automatic"):
        _ = [page async for page in side.provider.balance.movements_of(made["id"])]
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        await side.post("payouts", amount=most["amount"] + 99_999_999, currency=most["currency"])
    assert refusal.value.code == "balance_insufficient"


async def _available(side: Side) -> dict[str, Any]:
    balance = await side.api.get("balance")
    found: dict[str, Any] = max(balance["available"], key=lambda each: each["amount"])
    return found


async def _customer(side: Side) -> str:
    made = await side.post("customers", email="shopper@example.com", metadata={"account": str(uuid7())})
    assert (made["object"], made["livemode"], made["email"]) == ("customer", False, "shopper@example.com")
    name: str = made["id"]
    return name


async def _paid(side: Side, customer: str, card: str, **more: Any) -> dict[str, Any]:
    return await side.post(
        "payment_intents",
        amount=4200,
        currency="eur",
        customer=customer,
        payment_method=card,
        confirm=True,
        allowed_payment_method_types=["card"],
        **more,
    )


async def test_a_card_is_saved_and_charged_without_the_shopper(side: Side):
    customer = await _customer(side)
    first = await _paid(side, customer, "pm_card_visa", setup_future_usage="off_session")
    saved = await side.api.get("customers", customer, "payment_methods", parameters={"type": "card"})
    (method,) = [each["id"] for each in saved["data"]]
    assert method == first["payment_method"]
    again = await _paid(side, customer, method, off_session=True)
    assert (again["status"], again["customer"]) == ("succeeded", customer)
    other = await _customer(side)
    with pytest.raises(stripe.InvalidRequestError, match="does not belong to the Customer"):
        await _paid(side, other, method)
    detached = await side.post("payment_methods", method, "detach")
    assert detached["customer"] is None
    with pytest.raises(stripe.InvalidRequestError, match="may not be used again"):
        await _paid(side, customer, method)


async def test_some_cards_need_the_shopper(side: Side):
    customer = await _customer(side)
    attached = await side.post("payment_methods", "pm_card_authenticationRequired", "attach", customer=customer)
    with pytest.raises(stripe.CardError) as refusal:
        await _paid(side, customer, attached["id"], off_session=True)
    assert refusal.value.code == "authentication_required"


async def test_a_session_is_of_one_customer(side: Side):
    secret, until = await side.provider.customers.session(await _customer(side), f"session-{uuid7()}")
    assert secret
    assert until > datetime.now(UTC)
    with pytest.raises(Refused) as refusal:
        await side.provider.customers.session("cus_nobody", f"session-{uuid7()}")
    assert refusal.value.code == "resource_missing"


async def test_a_customer_is_found_by_its_account_and_deleted(side: Side):
    since = datetime.now(UTC) - timedelta(minutes=5)
    account, customers = uuid7(), side.provider.customers
    name = await customers.create(account, f"customer-{account}")
    assert await customers.create(account, f"customer-{account}") == name
    assert await customers.find(account, since, FAR) == name
    await customers.delete(name)
    assert await side.api.get("customers", name) == {"id": name, "object": "customer", "deleted": True}
    await customers.delete(name)
    assert await customers.find(account, since, FAR) is None
    with pytest.raises(stripe.InvalidRequestError, match="No such customer"):
        await _paid(side, name, "pm_card_visa")

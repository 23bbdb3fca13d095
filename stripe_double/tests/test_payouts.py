"""Payouts: what is in them, how they arrive, fail and are cancelled."""

from __future__ import annotations

import pytest
import stripe

from stripe_double.objects.balance import DAY
from stripe_double.tests.money import EUR, balance, end, get, later, payout_of
from stripe_double.tests.running import Double, Shop, paid


def test_an_automatic_payout_has_all_that_is_available(own: Double, shop: Shop) -> None:
    one = paid(own, "pm_card_bypassPending", **EUR)
    refund = own.raw("POST", "/v1/refunds", data={"payment_intent": one["id"], "amount": "100"}).json()
    fee = own.raw("POST", "/_double/fees", json={"amount": 60, "currency": "eur"}).json()
    paid(own, **EUR)
    payout = payout_of(own)
    assert (payout["amount"], payout["status"], payout["automatic"]) == (861 - 100 - 60, "pending", True)
    assert payout["reconciliation_status"] == "in_progress"
    within = get(own, "/v1/balance_transactions", payout=payout["id"], limit="100")["data"]
    assert [each["source"] for each in within] == [payout["id"], None, refund["id"], one["latest_charge"]]
    assert [each["type"] for each in within] == ["payout", "stripe_fee", "refund", "charge"]
    assert sum(each["net"] for each in within) == 0
    assert within[1]["id"] == fee["id"]
    assert balance(own) == (0, 861)
    shop.told(payout["id"], "payout.created")
    nothing = own.raw("POST", "/_double/payouts", json=EUR)
    assert (nothing.status_code, nothing.json()["error"]["param"]) == (400, "currency")


def test_a_payout_arrives_by_itself(own: Double, shop: Shop) -> None:
    paid(own, "pm_card_bypassPending", **EUR)
    payout = payout_of(own)
    later(own)
    shown = get(own, f"/v1/payouts/{payout['id']}")
    assert (shown["status"], shown["reconciliation_status"]) == ("in_transit", "completed")
    shop.told(payout["id"], "payout.reconciliation_completed")
    later(own, 3 * DAY)
    event = shop.told(payout["id"], "payout.paid").data.object
    assert (event["status"], event["trace_id"]["status"]) == ("paid", "supported")
    assert payout["id"] in [each["id"] for each in get(own, "/v1/payouts", status="paid")["data"]]
    early = {"arrival_date[lt]": str(payout["arrival_date"])}
    assert payout["id"] not in [each["id"] for each in get(own, "/v1/payouts", **early)["data"]]


@pytest.mark.parametrize("first", ["in_transit", "paid"])
def test_a_failed_payout_gives_its_funds_back(own: Double, shop: Shop, first: str) -> None:
    paid(own, "pm_card_bypassPending", **EUR)
    payout = payout_of(own)
    end(own, payout, first)
    failed = end(own, payout, "failed", failure_code="account_closed")
    assert (failed["failure_code"], failed["failure_message"]) == (
        "account_closed",
        "The bank account has been closed.",
    )
    assert balance(own)[0] == 861
    shop.told(payout["id"], "payout.failed")
    back = get(own, f"/v1/balance_transactions/{failed['failure_balance_transaction']}")
    assert (back["type"], back["reporting_category"], back["amount"]) == ("payout_failure", "payout_reversal", 861)
    again = payout_of(own)
    assert again["amount"] == 861
    within = get(own, "/v1/balance_transactions", payout=again["id"])["data"]
    assert [each["type"] for each in within] == ["payout", "payout_failure"]
    refused = own.raw("POST", f"/_double/payouts/{payout['id']}", json={"status": "paid"})
    assert refused.status_code == 400


def test_a_negative_payout_takes_money_from_the_bank(own: Double) -> None:
    own.raw("POST", "/_double/fees", json={"amount": 500, "currency": "eur"}).raise_for_status()
    assert payout_of(own)["amount"] == -500


async def test_a_manual_payout_is_of_available_funds(own: Double, shop: Shop) -> None:
    paid(own, "pm_card_bypassPending", **EUR)
    async with own.sdk() as sdk:
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            await sdk.v1.payouts.create_async({"amount": 862, "currency": "eur"})
        assert refusal.value.code == "balance_insufficient"
        made = await sdk.v1.payouts.create_async({"amount": 800, "currency": "eur", "metadata": {"a": "b"}})
        assert (made.automatic, made.reconciliation_status, made.status) == (False, "not_applicable", "pending")
        with pytest.raises(stripe.InvalidRequestError, match="only be filtered on automatic"):
            await sdk.v1.balance_transactions.list_async({"payout": made.id})
        noted = await sdk.v1.payouts.update_async(made.id, {"metadata": {"c": "d"}})
        assert noted.metadata is not None
        assert noted.metadata.to_dict() == {"a": "b", "c": "d"}
        cancelled = await sdk.v1.payouts.cancel_async(made.id)
        assert cancelled.status == "canceled"
        with pytest.raises(stripe.InvalidRequestError):
            await sdk.v1.payouts.cancel_async(made.id)
    shop.told(made.id, "payout.canceled")
    assert balance(own)[0] == 861
    assert _of_kind(own, "payout_cancel") == 800


def _of_kind(double: Double, kind: str) -> int:
    amount: int = get(double, "/v1/balance_transactions", type=kind, limit="1")["data"][0]["amount"]
    return amount


def test_the_controls_refuse_an_unknown_end(own: Double) -> None:
    paid(own, "pm_card_bypassPending", **EUR)
    payout = payout_of(own)
    for wanted in ({"status": "gone"}, {"status": "failed", "failure_code": "mood"}, {}):
        assert own.raw("POST", f"/_double/payouts/{payout['id']}", json=wanted).status_code == 400
    assert get(own, f"/v1/payouts/{payout['id']}")["status"] == "pending"

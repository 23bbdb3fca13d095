"""The balance and its transactions: what comes in, what Stripe keeps, and what goes out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import stripe

from stripe_double.objects.balance import DAY, dispute_fee, processing_fee, settled_on
from stripe_double.tests.money import EUR, balance, entry_of, get, later
from stripe_double.tests.running import Double, Shop, in_thread, paid


@pytest.mark.parametrize(
    ("amount", "currency", "fee"),
    [(900, "eur", 39), (10_000, "usd", 175), (1000, "jpy", 40), (10_000, "kwd", 400), (34, "eur", 26), (33, "eur", 25)],
)
def test_fees_follow_the_price_list(amount: int, currency: str, fee: int) -> None:
    assert processing_fee(amount, currency) == fee
    assert dispute_fee(currency) == {"kwd": 20_000}.get(currency, 2000)


async def test_a_charge_is_pending_and_then_available(own: Double) -> None:
    before = balance(own)
    intent = paid(own, **EUR)
    async with own.sdk() as sdk:
        charge = await sdk.v1.charges.retrieve_async(intent["latest_charge"], {"expand": ["balance_transaction"]})
        brought = charge.balance_transaction
        assert isinstance(brought, stripe.BalanceTransaction)
        found = (brought.type, brought.amount, brought.fee, brought.net, brought.status, brought.source)
        assert found == ("charge", 900, 39, 861, "pending", charge.id)
        assert brought.available_on == settled_on(brought.created)
        (detail,) = brought.fee_details
        assert (detail.amount, detail.type) == (39, "stripe_fee")
        whole = await sdk.v1.balance_transactions.retrieve_async(brought.id, {"expand": ["source"]})
        assert isinstance(whole.source, stripe.Charge)
    assert balance(own) == (before[0], before[1] + 861)
    later(own, 4 * DAY)
    assert balance(own) == (before[0] + before[1] + 861, 0)
    assert entry_of(own, intent["latest_charge"])["status"] == "available"


def test_a_held_charge_moves_nothing_until_it_is_captured(own: Double) -> None:
    held = paid(own, capture_method="manual", **EUR)
    assert get(own, f"/v1/charges/{held['latest_charge']}")["balance_transaction"] is None
    own.raw("POST", f"/v1/payment_intents/{held['id']}/capture", data={"amount_to_capture": "500"}).raise_for_status()
    assert entry_of(own, held["latest_charge"])["amount"] == 500


def test_some_cards_are_available_at_once(own: Double) -> None:
    intent = paid(own, "pm_card_bypassPending", description="Order 7", **EUR)
    brought = entry_of(own, intent["latest_charge"])
    assert (brought["status"], brought["description"]) == ("available", "Order 7")
    assert balance(own) == (861, 0)


def test_a_refund_keeps_the_fee_and_its_failure_gives_the_amount_back(own: Double) -> None:
    intent = paid(own, "pm_card_bypassPending", description="Order 7", **EUR)
    made = own.raw("POST", "/v1/refunds", data={"payment_intent": intent["id"], "amount": "300"}).json()
    taken = entry_of(own, made["id"])
    assert (taken["id"], taken["type"], taken["amount"], taken["fee"]) == (
        *(made["balance_transaction"], "refund", -300, 0),
    )
    assert taken["description"] == "REFUND FOR CHARGE (Order 7)"
    assert balance(own)[0] == 561
    failed = own.raw("POST", f"/_double/refunds/{made['id']}", json={"status": "failed"}).json()
    back = get(own, f"/v1/balance_transactions/{failed['failure_balance_transaction']}")
    assert (back["type"], back["amount"], back["source"]) == ("refund_failure", 300, made["id"])
    assert balance(own)[0] == 861


def test_a_refund_waits_for_the_balance(own: Double, shop: Shop) -> None:
    own.faults(refunds_need_funds=True)
    intent = paid(own, **EUR)
    made = own.raw("POST", "/v1/refunds", data={"payment_intent": intent["id"]}).json()
    assert (made["status"], made["pending_reason"], made["balance_transaction"]) == (
        "pending",
        "insufficient_funds",
        None,
    )
    later(own)
    assert get(own, f"/v1/refunds/{made['id']}")["status"] == "pending"
    paid(own, "pm_card_bypassPending", amount="2000", **EUR)
    later(own)
    event = shop.told(made["id"], "refund.updated").data.object
    assert (event["status"], event["balance_transaction"]) == ("succeeded", entry_of(own, made["id"])["id"])


def test_a_refund_that_never_had_funds_gives_none_back(own: Double) -> None:
    own.faults(refunds_need_funds=True)
    intent = paid(own, **EUR)
    made = own.raw("POST", "/v1/refunds", data={"payment_intent": intent["id"]}).json()
    ended = own.raw("POST", f"/_double/refunds/{made['id']}", json={"status": "canceled"}).json()
    assert "failure_balance_transaction" not in ended
    assert get(own, "/v1/balance_transactions", source=made["id"])["data"] == []


def test_transactions_are_listed_by_currency_time_and_page(own: Double) -> None:
    paid(own, amount="1000", currency="jpy")
    paid(own, amount="2000", currency="jpy")
    first = get(own, "/v1/balance_transactions", currency="jpy", limit="1")
    assert (first["data"][0]["amount"], first["has_more"]) == (2000, True)
    rest = get(own, "/v1/balance_transactions", currency="jpy", limit="1", starting_after=first["data"][0]["id"])
    assert rest["data"][0]["amount"] == 1000
    future = {"created[gt]": str(first["data"][0]["created"] + 1)}
    assert get(own, "/v1/balance_transactions", **future)["data"] == []


@pytest.mark.parametrize(
    ("method", "path", "form", "status"),
    [
        ("GET", "/v1/balance_transactions?payout=po_none", {}, 404),
        ("GET", "/v1/balance_transactions/txn_none", {}, 404),
        ("GET", "/v1/balance_transactions?mood=1", {}, 400),
        ("GET", "/v1/payouts?status=gone", {}, 400),
        ("GET", "/v1/balance?mood=1", {}, 400),
        ("POST", "/v1/payouts", {"currency": "eur"}, 400),
        ("POST", "/v1/payouts", {"amount": "1", "currency": "eur", "destination": "ba_none"}, 400),
        ("POST", "/v1/payouts", {"amount": "1", "currency": "eur", "method": "instant"}, 400),
        ("POST", "/v1/payouts/po_none/cancel", {}, 404),
        ("POST", "/v1/payouts/po_none/reverse", {}, 404),
        ("POST", "/v1/payouts/po_none", {"metadata[a]": "b"}, 404),
    ],
)
def test_what_is_unknown_is_refused(own: Double, method: str, path: str, form: dict[str, str], status: int) -> None:
    answer = own.raw(method, path, data=form or None)
    assert (answer.status_code, answer.json()["error"]["type"]) == (status, "invalid_request_error")


@pytest.mark.parametrize(
    ("what", "wanted"),
    [
        ("payouts", {"currency": "xxx"}),
        ("payouts/po_none", {"status": "paid"}),
        ("fees", {}),
        ("fees", {"amount": -1}),
        ("fees", {"amount": 1, "currency": "xxx"}),
    ],
)
def test_the_controls_refuse_what_is_malformed(own: Double, what: str, wanted: dict[str, Any]) -> None:
    assert own.raw("POST", f"/_double/{what}", json=wanted).status_code in {400, 404}


def test_only_the_secret_key_sees_the_balance(own: Double) -> None:
    for path in ("/v1/balance", "/v1/payouts", "/v1/balance_transactions"):
        assert own.raw("GET", path, "pk_test_of_the_tests").json()["error"]["code"] == "secret_key_required"


def test_an_empty_balance_is_in_the_accounts_currency(tmp_path: Path) -> None:
    with in_thread(tmp_path / "double.sqlite3", None) as double:
        assert get(double, "/v1/balance")["available"] == [
            {"amount": 0, "currency": "eur", "source_types": {"card": 0}}
        ]


def test_a_currency_without_a_bank_account_is_exchanged(own: Double) -> None:
    assert own.raw("POST", "/_double/settlement", json={"usd": 0.925, "jpy": 0.0061}).json()["usd"] == 0.925
    try:
        sold = paid(own, "pm_card_bypassPending", amount="1001", currency="usd")
        brought = entry_of(own, sold["latest_charge"])
        # 10.01 USD are 9.259 EUR; the fee is that of 9.26 EUR.
        assert (brought["amount"], brought["currency"], brought["exchange_rate"]) == (926, "eur", 0.925)
        assert (brought["fee"], brought["net"]) == (39, 887)
        refund = own.raw("POST", "/v1/refunds", data={"payment_intent": sold["id"], "amount": "500"}).json()
        assert (refund["amount"], refund["currency"]) == (500, "usd")
        own.raw("POST", "/_double/settlement", json={"usd": 0.5}).raise_for_status()
        failed = own.raw("POST", f"/_double/refunds/{refund['id']}", json={"status": "failed"}).json()
        back = get(own, f"/v1/balance_transactions/{failed['failure_balance_transaction']}")
        assert (back["amount"], back["exchange_rate"]) == (463, 0.925)
        own.raw("POST", "/_double/settlement", json={"jpy": 0.0061}).raise_for_status()
        whole = paid(own, amount="10000", currency="jpy")
        assert entry_of(own, whole["latest_charge"])["amount"] == 6100
        disputed = paid(own, "pm_card_createDispute", amount="10000", currency="jpy")
        (dispute,) = get(own, "/v1/disputes", payment_intent=disputed["id"])["data"]
        own.raw("POST", "/_double/settlement", json={}).raise_for_status()
        own.raw("POST", f"/_double/disputes/{dispute['id']}", json={"status": "won"}).raise_for_status()
        moves = get(own, f"/v1/disputes/{dispute['id']}")["balance_transactions"]
        assert [(each["amount"], each["fee"], each["currency"]) for each in moves] == [
            (-6100, 2000, "eur"),
            (6100, 0, "eur"),
        ]
    finally:
        own.raw("POST", "/_double/settlement", json={}).raise_for_status()


@pytest.mark.parametrize("wanted", [{"eur": 1}, {"xxx": 1}, {"usd": 0}, {"usd": "1"}, {"usd": True}, {"usd": 1e9}])
def test_the_settlement_refuses_what_is_no_rate(own: Double, wanted: dict[str, Any]) -> None:
    assert own.raw("POST", "/_double/settlement", json=wanted).status_code == 400

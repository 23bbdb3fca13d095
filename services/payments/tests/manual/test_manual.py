"""Bank transfers and cash: waiting, received once and in whole, voided, and never at the provider."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from pydantic import ValidationError

from chassis.values import uuid7
from payments import metrics
from payments.domain.intent import mismatch
from payments.domain.payment import Payment
from payments.manual import account_of
from payments.settings import PaymentsSettings
from payments.store import payments
from payments.tests.manual.conftest import MANUAL
from payments.tests.shop import Shop
from payments.tests.test_domain import OPEN, TAKEN
from payments.tests.test_parts import BASE

EVENTS = ["payment.authorised", "payment.captured"]


async def waiting(shop: Shop, method: str = "bank_transfer", order_id: UUID | None = None, **given: Any) -> Any:
    body = {"order_id": str(order_id or uuid7()), "amount": 4200, "currency": "EUR", "method": method, **given}
    return await shop.app.client.post("/internal/payments", json=body, headers=shop.app.caller("orders"))


async def receive(shop: Shop, payment_id: str, reference: str = "2026/1", **given: Any) -> httpx.Response:
    body = {"amount": {"amount": 4200, "currency": "EUR"}, "reference": reference, **given}
    headers = shop.app.token(scopes=("payments:write",))
    return await shop.app.client.post(f"/api/v1/admin/payments/{payment_id}/receipts", json=body, headers=headers)


async def receive_of(shop: Shop, order_id: UUID, **given: Any) -> httpx.Response:
    body = {"amount": 4200, "currency": "EUR", "reference": "till 7", **given}
    path = f"/internal/payments/{order_id}/receive"
    return await shop.app.client.post(path, json=body, headers=shop.app.caller("orders"))


async def test_a_transfer_waits_with_the_shops_instructions_and_is_received(till: Shop):
    order_id = uuid7()
    made = (await waiting(till, order_id=order_id, order_number="M-7F3K9Q", email="ada@example.com")).json()
    assert (made["status"], made["method"], made["client_secret"]) == ("requires_payment", "bank_transfer", None)
    assert made["instructions"] == "Pay to DE02 1203 0000 0000 2020 51 and name M-7F3K9Q."
    assert (await waiting(till, order_id=order_id)).json() == made
    (row,) = await till.rows("select details::text as details, next_check_at from payments")
    assert (row["details"], row["next_check_at"]) == ('{"number":"M-7F3K9Q"}', None)
    counted = metrics.receipts.value("bank_transfer")
    answer = await receive(till, made["payment_id"])
    assert (answer.status_code, answer.json()) == (200, {"status": "captured"})
    assert metrics.receipts.value("bank_transfer") == counted + 1
    assert await till.entries(order_id) == [("bank", "debit", 4200, "EUR"), ("customer_orders", "credit", 4200, "EUR")]
    facts = await till.facts(order_id)
    assert [kind for kind, _ in facts] == EVENTS
    assert facts[1][1]["amount"] == 4200
    found = await till.find(order_id)
    assert (found["status"], found["instructions"]) == ("captured", None)
    assert (await till.ask(order_id, "capture")).json() == {"status": "captured"}
    assert till.double.intents(order_id) == []
    await till.books_show(0.0)
    (line,) = await till.rows("select action, actor_id from audit_lines where action = 'payment.received'")
    assert line["actor_id"] is not None


async def test_cash_is_received_by_orders_too_and_stands_in_the_till(till: Shop):
    order_id = uuid7()
    assert (await waiting(till, "cash", order_id)).json()["instructions"] is None
    for _ in range(2):
        answer = await receive_of(till, order_id, received_by=str(uuid7()))
        assert (answer.status_code, answer.json()) == (200, {"status": "captured"})
    assert await till.entries(order_id) == [("cash", "debit", 4200, "EUR"), ("customer_orders", "credit", 4200, "EUR")]
    assert [kind for kind, _ in await till.facts(order_id)] == EVENTS


@pytest.mark.parametrize(
    ("amount", "currency", "reason", "text"),
    [
        (4199, "EUR", "underpaid", "41.99 EUR came, and the payment is of 42.00 EUR: 0.01 EUR is missing."),
        (4201, "EUR", "overpaid", "42.01 EUR came, and the payment is of 42.00 EUR: 0.01 EUR is too much."),
        (4200, "USD", "currency", "42.00 USD came, and the payment is of 42.00 EUR: it is another currency."),
    ],
)
async def test_another_amount_is_refused_and_changes_nothing(
    till: Shop, amount: int, currency: str, reason: str, text: str
):
    made = (await waiting(till)).json()
    answer = await receive(till, made["payment_id"], amount={"amount": amount, "currency": currency})
    problem = answer.json()
    assert (answer.status_code, problem["type"], problem["detail"]) == (409, "receipt-amount-differs", text)
    assert (problem["reason"], problem["expected"]) == (reason, {"amount": 4200, "currency": "EUR"})
    assert await till.status(UUID(made["order_id"])) == "requires_payment"
    assert await till.rows("select from payment_receipts") == []


async def test_what_cannot_be_received_is_refused_with_its_reason(till: Shop):
    card = (await till.create()).json()
    assert (await receive(till, card["payment_id"])).json()["type"] == "payment-not-manual"
    assert (await receive(till, str(uuid7()))).status_code == 404
    assert (await receive_of(till, uuid7())).status_code == 404
    first, second = (await waiting(till)).json(), (await waiting(till)).json()
    assert (await receive(till, first["payment_id"])).status_code == 200
    assert (await receive(till, second["payment_id"])).json()["type"] == "receipt-reference-used"
    assert await till.status(UUID(second["order_id"])) == "requires_payment"
    again = await receive(till, first["payment_id"], "2026/2")
    assert (again.status_code, again.json()["type"]) == (409, "payment-already-received")
    await till.ask(UUID(second["order_id"]), "void")
    late = await receive(till, second["payment_id"], "2026/3")
    assert (late.json()["type"], "send back" in late.json()["detail"]) == ("payment-cancelled", True)


async def test_a_void_cancels_at_once_and_leaves_a_tombstone_for_who_comes_late(till: Shop):
    order_id, never = uuid7(), uuid7()
    await waiting(till, order_id=order_id)
    for _ in range(2):
        assert (await till.ask(order_id, "void")).json() == {"status": "cancelled"}
    assert [kind for kind, _ in await till.facts(order_id)] == ["payment.cancelled"]
    assert (await till.ask(never, "void")).json() == {"status": "cancelled"}
    for each in (order_id, never):
        assert (await waiting(till, order_id=each)).json()["type"] == "payment-cancelled"
    received = (await waiting(till)).json()
    await receive(till, received["payment_id"])
    assert (await till.ask(UUID(received["order_id"]), "void")).json() == {"status": "captured"}


async def test_an_order_keeps_its_method(till: Shop):
    transfer, card = uuid7(), uuid7()
    await waiting(till, order_id=transfer)
    await till.create(card)
    for answer in (await till.create(transfer), await waiting(till, order_id=card), await waiting(till, "cash", card)):
        assert (answer.status_code, answer.json()["type"]) == (409, "payment-mismatch")
    assert (await waiting(till, order_id=transfer, amount=1)).json()["type"] == "payment-mismatch"
    with pytest.raises(asyncpg.RestrictViolationError, match="method"):
        await till.rows("update payments set method = 'cash', version = version + 1")


async def test_the_provider_is_never_asked_about_one_and_its_intents_are_not_taken(till: Shop):
    order_id = uuid7()
    await waiting(till, order_id=order_id)
    await till.due_now()
    await till.reconciled()
    assert (
        await till.app.client.post(f"/internal/payments/{order_id}/look", headers=till.app.caller("orders"))
    ).json()["status"] == "requires_payment"
    assert (await till.ask(order_id, "capture")).json()["type"] == "payment-not-authorised"
    assert till.double.intents(order_id) == []
    async with till.app.ctx.db.read() as tx:
        stored = await payments.of_order(tx, order_id)
    assert isinstance(stored, Payment)
    assert mismatch(stored, TAKEN) == "intent"
    assert mismatch(OPEN, TAKEN) is None


async def test_receipts_need_the_right_and_the_methods_are_told(till: Shop):
    made = (await waiting(till)).json()
    path = f"/api/v1/admin/payments/{made['payment_id']}/receipts"
    body = {"amount": {"amount": 4200, "currency": "EUR"}, "reference": "1"}
    assert (await till.app.client.post(path, json=body)).status_code == 401
    reader = till.app.token(scopes=("payments:read",))
    assert (await till.app.client.post(path, json=body, headers=reader)).status_code == 403
    offered = await till.app.client.get("/api/v1/payments/configuration")
    assert offered.json()["methods"] == ["card", "bank_transfer", "cash"]


async def test_a_shop_offers_cards_alone_unless_it_says_more(shop: Shop):
    refused = await waiting(shop)
    assert (refused.status_code, refused.json()["type"]) == (422, "payment-method-not-offered")
    assert (await waiting(shop, "gold")).json()["errors"][0]["field"].endswith("method")
    assert await shop.rows("select from payments") == []


def test_the_settings_of_methods_are_checked():
    fit = PaymentsSettings(**{**BASE, "stripe_webhook_secret": "w", **MANUAL})
    assert fit.payment_methods == ["card", "bank_transfer", "cash"]
    assert PaymentsSettings(**{**BASE, "stripe_webhook_secret": "w", "payment_methods": ""}).payment_methods == ["card"]
    with pytest.raises(ValidationError, match="BANK_TRANSFER_INSTRUCTIONS"):
        PaymentsSettings(**{**BASE, "stripe_webhook_secret": "w", "payment_methods": "bank_transfer"})
    with pytest.raises(ValidationError, match="payment_methods"):
        PaymentsSettings(**{**BASE, "stripe_webhook_secret": "w", "payment_methods": "card,gold"})


def test_each_method_has_its_account():
    assert [account_of(method) for method in ("card", "bank_transfer", "cash")] == [
        "provider_receivable",
        "bank",
        "cash",
    ]


@pytest.mark.parametrize(("method", "account"), [("bank_transfer", "bank"), ("cash", "cash")])
async def test_a_refund_is_booked_at_once_from_where_the_money_came(till: Shop, method: str, account: str):
    made = (await waiting(till, method)).json()
    await receive(till, made["payment_id"])
    order_id = UUID(made["order_id"])
    refund_id = str(uuid7())
    body = {"refund_id": refund_id, "amount": 1200, "currency": "EUR", "reason": "requested_by_customer"}
    path = f"/internal/payments/{order_id}/refunds"
    for _ in range(2):
        answer = await till.app.client.post(path, json=body, headers=till.app.caller("orders"))
        assert (answer.status_code, answer.json()["status"]) == (202, "succeeded")
    assert (await till.entries(order_id))[2:] == [
        ("customer_orders", "debit", 1200, "EUR"),
        (account, "credit", 1200, "EUR"),
    ]
    await till.books_show(0.0)

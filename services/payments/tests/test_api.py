"""What callers see, what they may not see, and how wrong input is refused."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from chassis.testing import running_app
from chassis.testing.keys import Bench
from chassis.values import uuid7
from payments.tests.conftest import settings
from payments.tests.double import Double
from payments.tests.shop import Shop

# In the names of tests, so it must be the same in every process that collects them.
SOME_ID = "0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c07"


async def test_the_configuration_has_provider_script_and_key(shop: Shop, bench: Bench):
    answer = await shop.app.client.get("/api/v1/payments/configuration")
    assert answer.json() == {
        "provider": "double",
        "script_url": f"{shop.double.url}/js/stripe.js",
        "publishable_key": "pk_test_payments_tests",
        "pay_url": f"{shop.double.url}/pay",
        "methods": ["card"],
    }
    assert answer.headers["Cache-Control"] == "public, max-age=60"


async def test_with_stripe_itself_there_is_no_page_of_ours(bench: Bench):
    real = {**settings(""), "stripe_pay_url": ""}
    async with running_app("payments", bench, **real) as app:
        answer = await app.client.get("/api/v1/payments/configuration")
    assert answer.json() == {
        "provider": "stripe",
        "script_url": "https://js.stripe.com/endive/stripe.js",
        "publishable_key": "pk_test_payments_tests",
        "pay_url": None,
        "methods": ["card"],
    }


@pytest.mark.parametrize("path", ["/payments", f"/payments/{SOME_ID}", "/ledger/balances"])
async def test_staff_pages_need_their_scope(shop: Shop, path: str):
    assert (await shop.app.client.get(f"/api/v1/admin{path}")).status_code == 401
    assert (await shop.staff(path, "orders:read")).status_code == 403


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/payments"),
        ("GET", "/payments/0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c07"),
        ("POST", "/payments/0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c07/capture"),
    ],
)
async def test_internal_calls_are_for_services_alone(shop: Shop, method: str, path: str):
    for headers in ({}, shop.app.token(scopes=("payments:read",))):
        assert (await shop.app.client.request(method, f"/internal{path}", headers=headers)).status_code == 401
    assert await shop.rows("select from payments") == []


def euros(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "EUR"}


GOOD: dict[str, Any] = {"order_id": str(uuid7()), "amount": 4200, "currency": "EUR"}


WRONG = [
    ("amount", {**GOOD, "amount": 0}),
    ("amount", {**GOOD, "amount": -1}),
    ("amount", {**GOOD, "amount": 12.5}),
    ("amount", {**GOOD, "amount": "4200"}),
    ("amount", {**GOOD, "amount": True}),
    ("amount", {**GOOD, "amount": 10**12}),
    ("amount", {**GOOD, "amount": 10**30}),
    ("currency", {**GOOD, "currency": "eur"}),
    ("currency", {**GOOD, "currency": "XXX"}),
    ("currency", {**GOOD, "currency": "EU\x00"}),
    ("order_id", {**GOOD, "order_id": "1"}),
    ("card", {**GOOD, "card": "4242424242424242"}),
    ("amount", {"order_id": GOOD["order_id"], "currency": "EUR"}),
]


async def test_invalid_requests_are_refused_by_field(shop: Shop):
    for field, body in WRONG:
        answer = await shop.app.client.post("/internal/payments", json=body, headers=shop.app.caller("orders"))
        assert (answer.status_code, answer.json()["type"]) == (422, "validation-error"), body
        assert [error["field"] for error in answer.json()["errors"]] == [field], body
    assert await shop.rows("select from payments") == []


async def test_malformed_requests_are_refused(shop: Shop):
    headers = {**shop.app.caller("orders"), "Content-Type": "application/json"}
    for body in (b"", b"{", b"\xff", b"[" * 2000, b'{"amount": NaN}'):
        answer = await shop.app.client.post("/internal/payments", content=body, headers=headers)
        assert answer.status_code in {400, 422}, body
        assert answer.headers["Content-Type"] == "application/problem+json"


async def test_staff_see_a_payment_with_its_ledger_and_history_but_not_its_secret(shop: Shop):
    order_id = await shop.authorised()
    (row,) = await shop.rows("select id, client_secret from payments")
    await shop.ask(order_id, "capture")
    await shop.becomes(order_id, "captured")
    answer = await shop.staff(f"/payments/{row['id']}")
    seen = answer.json()
    assert answer.headers["Cache-Control"] == "no-store"
    assert row["client_secret"] not in answer.text
    assert {name: seen[name] for name in ("id", "order_id", "status", "amount")} == {
        "id": str(row["id"]),
        "order_id": str(order_id),
        "status": "captured",
        "amount": euros(4200),
    }
    assert seen["provider_reference"] == shop.double.intent(order_id)["id"]
    assert (seen["next_check_at"], seen["captured_at"] is None) == (None, False)
    assert [(line["account"], line["side"], line["amount"]) for line in seen["ledger"]] == [
        ("provider_receivable", "debit", euros(4200)),
        ("customer_orders", "credit", euros(4200)),
    ]
    assert len({line["transaction_id"] for line in seen["ledger"]}) == 1
    history = {message["type"]: message["outcome"] for message in seen["history"]}
    assert history["payment_intent.created"] == "ignored"
    assert history["payment_intent.amount_capturable_updated"] == "applied"
    assert (await shop.staff(f"/payments/{uuid7()}")).status_code == 404

    balances = await shop.staff("/ledger/balances")
    assert balances.json() == {
        "items": [
            {"account": "customer_orders", "debits": euros(0), "credits": euros(4200), "balance": euros(-4200)},
            {"account": "provider_receivable", "debits": euros(4200), "credits": euros(0), "balance": euros(4200)},
        ]
    }


async def test_staff_page_through_payments_newest_first(shop: Shop):
    orders = [str(uuid7()) for _ in range(5)]
    for order_id in orders:
        await shop.create(order_id)  # type: ignore[arg-type]
    await shop.ask(orders[2], "void")  # type: ignore[arg-type]
    await shop.becomes(orders[2], "cancelled")  # type: ignore[arg-type]
    seen, cursor = [], ""
    for _ in range(3):
        page = (await shop.staff(f"/payments?limit=2{cursor}")).json()
        seen += [item["order_id"] for item in page["items"]]
        cursor = f"&cursor={page['next_cursor']}"
    assert page["next_cursor"] is None
    assert seen == orders[::-1]

    async def found(query: str) -> list[str]:
        return [item["order_id"] for item in (await shop.staff(f"/payments?{query}")).json()["items"]]

    assert await found("status=cancelled") == [orders[2]]
    assert await found(f"order_id={orders[3]}") == [orders[3]]
    assert await found(f"order_id={orders[3]}&status=captured") == []
    for wrong in ("status=lost", "order_id=1", "cursor=!", "limit=0"):
        assert (await shop.staff(f"/payments?{wrong}")).status_code == 422
    whole = json.dumps((await shop.staff("/payments")).json())
    assert "secret" not in whole


async def test_reads_of_the_configuration_are_limited(bench: Bench, double: Double):
    async with running_app("payments", bench, **settings(double.url), read_limit="2/h") as app:
        began = time.monotonic()
        answers = [await app.client.get("/api/v1/payments/configuration") for _ in range(3)]
        lasted = time.monotonic() - began
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 1800 - lasted <= int(answers[-1].headers["Retry-After"]) <= 1800

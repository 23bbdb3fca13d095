"""Payments in a currency of a test's own: Stripe's double, and with it its balance, is one for all tests."""

from __future__ import annotations

import itertools
from typing import Any
from uuid import UUID

import pytest

from chassis.values import uuid7
from payments.tests.shop import Shop

AVAILABLE = "pm_card_bypassPending"
_CURRENCIES = itertools.cycle("CHF SEK NOK DKK PLN CZK AUD CAD NZD SGD MXN HKD RON ZAR THB ILS MYR PHP BRL AED".split())


@pytest.fixture
def currency() -> str:
    """One that no other test of this process has."""
    return next(_CURRENCIES)


async def paid(shop: Shop, currency: str, amount: int = 10_000, card: str = AVAILABLE) -> tuple[UUID, str]:
    """A captured payment's order, and its intent."""
    order_id = uuid7()
    assert (await shop.create(order_id, amount, currency)).status_code == 200
    intent_id = shop.double.intent(order_id)["id"]
    shop.double.pay(intent_id, card)
    await shop.reconciled()
    await shop.ask(order_id, "capture")
    await shop.becomes(order_id, "captured")
    return order_id, intent_id


async def balances(shop: Shop, currency: str) -> dict[str, int]:
    """Debits less credits of each account."""
    rows = await shop.rows(
        "select account, sum(case side when 'debit' then amount else -amount end)::bigint as balance"
        " from ledger_entries where currency = $1 group by 1",
        currency,
    )
    return {row["account"]: row["balance"] for row in rows}


async def report(shop: Shop, currency: str, account: str = "provider_receivable", query: str = "") -> dict[str, Any]:
    """A line of the daily report: plain numbers."""
    today = (await shop.rows("select (now() at time zone 'UTC')::date::text as day"))[0]["day"]
    answer = await shop.staff(f"/reports/daily?date={query or today}")
    assert answer.status_code == 200, answer.text
    (line,) = [
        each for each in answer.json()["items"] if (each["account"], each["opening"]["currency"]) == (account, currency)
    ]
    return {name: value["amount"] for name, value in line.items() if name != "account"}

"""Balance transactions as Stripe's objects, with the fees and settlement times of an account in Germany.

Sources: https://docs.stripe.com/reports/balance-transaction-types, https://docs.stripe.com/payouts#payout-speed, and
https://stripe.com/de/pricing (cards of the EEA: 1.5 % and 0.25 EUR; a dispute: 20 EUR, kept even when it is won).
The same figures are taken in all currencies.
"""

from __future__ import annotations

from typing import Any

from stripe_double.objects import ids
from stripe_double.objects.currencies import decimals_of

DAY = 86_400
SETTLEMENT_DAYS = 3
_PER_MILLE = 15
_FIXED = {0: 25, 2: 25, 3: 250}
_DISPUTE = {0: 2000, 2: 2000, 3: 20_000}


def processing_fee(amount: int, currency: str) -> int:
    """Stripe's fee for a charge; half a minor unit is rounded up."""
    return (amount * _PER_MILLE + 500) // 1000 + _FIXED[decimals_of(currency)]


def dispute_fee(currency: str) -> int:
    """Stripe's fee for a dispute."""
    return _DISPUTE[decimals_of(currency)]


def settled_on(created: int) -> int:
    """When the funds of a charge become available: at midnight (UTC) after some days."""
    return created // DAY * DAY + SETTLEMENT_DAYS * DAY


def transaction(
    kind: str,
    category: str,
    *,
    source: str | None,
    amount: int,
    currency: str,
    created: int,
    description: str | None,
    available_on: int | None = None,
    fee: int = 0,
    fee_is: str = "Stripe processing fees",
    exchange_rate: float | None = None,
) -> dict[str, Any]:
    """A balance transaction of the type `kind`, in Stripe's reporting category; available at once, or later."""
    what = {"application": None, "currency": currency, "description": fee_is, "type": "stripe_fee"}
    return {
        "id": ids.new("txn_3"),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": created if available_on is None else available_on,
        "balance_type": "payments",
        "created": created,
        "currency": currency,
        "description": description,
        "exchange_rate": exchange_rate,
        "fee": fee,
        "fee_details": [{"amount": fee, **what}] if fee else [],
        "net": amount - fee,
        "reporting_category": category,
        "source": source,
        "status": "pending",
        "type": kind,
    }


def balance(available: dict[str, int], pending: dict[str, int]) -> dict[str, Any]:
    """The account's balance; amounts by currency."""
    known = sorted({"eur", *available, *pending})

    def amounts(of: dict[str, int]) -> list[dict[str, Any]]:
        return [
            {"amount": of.get(name, 0), "currency": name, "source_types": {"card": of.get(name, 0)}} for name in known
        ]

    return {"object": "balance", "available": amounts(available), "livemode": False, "pending": amounts(pending)}

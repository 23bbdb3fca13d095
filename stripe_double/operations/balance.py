"""The account's balance: each movement of money writes a balance transaction in its own transaction."""

from __future__ import annotations

import sqlite3
from typing import Any

from stripe_double.database import documents, payments
from stripe_double.objects import balance, cards
from stripe_double.objects.records import Charge
from stripe_double.operations.context import Context


def add(db: sqlite3.Connection, transaction: dict[str, Any]) -> str:
    """Insert a balance transaction; returns its id."""
    documents.put(db, "balance_transaction", transaction)
    name: str = transaction["id"]
    return name


def charged(db: sqlite3.Connection, context: Context, charge: Charge) -> str:
    """What a captured charge brings, less the fee. Some test cards are available at once."""
    now = int(context.now)
    at_once = cards.by_name(charge.card).available_at_once
    amount, currency, rate = context.settlement.settled(charge.amount_captured, charge.currency)
    return add(
        db,
        balance.transaction(
            "charge",
            "charge",
            source=charge.id,
            amount=amount,
            currency=currency,
            created=now,
            description=_description(db, charge),
            available_on=now if at_once else balance.settled_on(now),
            fee=balance.processing_fee(amount, currency),
            exchange_rate=rate,
        ),
    )


def refunded(db: sqlite3.Connection, context: Context, charge: Charge, refund: str, amount: int) -> str:
    """What a refund takes from the available balance. The fee of the charge is not given back."""
    described = _description(db, charge)
    settled, currency, rate = context.settlement.settled(amount, charge.currency)
    return add(
        db,
        balance.transaction(
            "refund",
            "refund",
            source=refund,
            amount=-settled,
            currency=currency,
            created=int(context.now),
            description=f"REFUND FOR CHARGE ({described})" if described else "REFUND FOR CHARGE",
            exchange_rate=rate,
        ),
    )


def refund_failed(db: sqlite3.Connection, context: Context, charge: Charge, taken: str) -> str:
    """What comes back when a refund has failed or was cancelled: what its balance transaction took."""
    was = documents.get(db, "balance_transaction", taken)
    described = _description(db, charge)
    return add(
        db,
        balance.transaction(
            "refund_failure",
            "refund_failure",
            source=was["source"],
            amount=-was["amount"],
            currency=was["currency"],
            created=int(context.now),
            description=f"REFUND FAILURE FOR CHARGE ({described})" if described else "REFUND FAILURE FOR CHARGE",
            exchange_rate=was["exchange_rate"],
        ),
    )


def disputed(db: sqlite3.Connection, context: Context, dispute: dict[str, Any], *, won: bool) -> dict[str, Any]:
    """What a dispute takes, with its fee; or what comes back when it is won, without it."""
    amount, currency, rate = context.settlement.settled(dispute["amount"], dispute["currency"])
    if won:
        was = dispute["balance_transactions"][0]
        amount, currency, rate = -was["amount"], was["currency"], was["exchange_rate"]
    made = balance.transaction(
        "adjustment",
        "dispute_reversal" if won else "dispute",
        source=dispute["id"],
        amount=amount if won else -amount,
        currency=currency,
        created=int(context.now),
        description=f"Chargeback {'reversal' if won else 'withdrawal'} for {dispute['charge']}",
        fee=0 if won else balance.dispute_fee(currency),
        fee_is="Dispute fee",
        exchange_rate=rate,
    )
    add(db, made)
    return shown(context, made)


def billed(db: sqlite3.Connection, context: Context, amount: int, currency: str, description: str) -> dict[str, Any]:
    """What Stripe takes for its own services, such as Radar."""
    made = balance.transaction(
        "stripe_fee",
        "fee",
        source=None,
        amount=-amount,
        currency=currency,
        created=int(context.now),
        description=description,
    )
    add(db, made)
    return shown(context, made)


def shown(context: Context, transaction: dict[str, Any]) -> dict[str, Any]:
    """The transaction as the API shows it now: whether its funds are available depends on the time."""
    status = "available" if transaction["available_on"] <= context.now else "pending"
    return {**documents.public(transaction), "status": status}


def amounts(db: sqlite3.Connection, context: Context) -> tuple[dict[str, int], dict[str, int]]:
    """Available and pending funds by currency."""
    sums = "SELECT currency, sum(net) FROM balance_transactions WHERE available_on {} ? GROUP BY currency"
    available, pending = (dict(db.execute(sums.format(sign), (int(context.now),))) for sign in ("<=", ">"))
    return available, pending


def covers(db: sqlite3.Connection, context: Context, currency: str, amount: int) -> bool:
    """Whether the available funds are at least this amount, in the currency of the balance."""
    needed, settled_in, _ = context.settlement.settled(amount, currency)
    return amounts(db, context)[0].get(settled_in, 0) >= needed


def _description(db: sqlite3.Connection, charge: Charge) -> str | None:
    intent = payments.get_intent(db, charge.intent)
    return intent.description if intent else None

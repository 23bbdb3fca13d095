"""Double entry. Each transaction debits and credits the same, in one currency."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from chassis.values import Money

Account = Literal["provider_receivable", "customer_orders", "bank", "cash", "provider_fees", "disputes"]
Kind = Literal["capture", "refund", "refund_reversal", "dispute", "dispute_reversal", "payout", "fee", "receipt"]
Side = Literal["debit", "credit"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a ledger transaction. The amount is positive; `side` gives its sign."""

    account: Account
    side: Side
    money: Money


def move(money: Money, *, debit: Account, credit: Account) -> tuple[Entry, ...]:
    """The same amount on both sides, the debit first."""
    return (Entry(debit, "debit", money), Entry(credit, "credit", money))


def of_capture(money: Money) -> tuple[Entry, ...]:
    """The provider owes us what it took from the customer, who has paid for the order with it."""
    return move(money, debit="provider_receivable", credit="customer_orders")


def of_refund_reversal(money: Money) -> tuple[Entry, ...]:
    """The customer's bank did not take a refund: the provider owes us the amount again."""
    return move(money, debit="provider_receivable", credit="customer_orders")

"""Double entry. Each transaction debits and credits the same, in one currency."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from chassis.values import Money

Account = Literal["provider_receivable", "customer_orders"]
Side = Literal["debit", "credit"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a ledger transaction. The amount is positive; `side` gives its sign."""

    account: Account
    side: Side
    money: Money


def of_capture(money: Money) -> tuple[Entry, ...]:
    """The provider owes us what it took from the customer, who has paid for the order with it."""
    return (Entry("provider_receivable", "debit", money), Entry("customer_orders", "credit", money))

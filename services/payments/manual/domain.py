"""What a manual payment is when its money has come, and how that is booked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from chassis.values import Money
from payments.domain.intent import Change
from payments.domain.ledger import Account, Entry, move
from payments.domain.payment import Method, Payment, reached

LONGEST_REFERENCE = 140
"""As many characters as a SEPA transfer has for its purpose."""

_ACCOUNTS: dict[Method, Account] = {"card": "provider_receivable", "bank_transfer": "bank", "cash": "cash"}

WrongAmount = Literal["currency", "underpaid", "overpaid"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What has come: an amount in minor units, and the reference by which it is told apart from all others."""

    amount: int
    currency: str
    reference: str


def account_of(method: Method) -> Account:
    """The account of the ledger where money of this method arrives, and from which it is refunded."""
    return _ACCOUNTS[method]


def wrong_amount(payment: Payment, receipt: Receipt) -> WrongAmount | None:
    """Why a receipt is not the whole of the payment, or None."""
    if receipt.currency != payment.currency:
        return "currency"
    if receipt.amount == payment.amount:
        return None
    return "underpaid" if receipt.amount < payment.amount else "overpaid"


def received(payment: Payment) -> Change:
    """The payment with its money. Orders learns that it is held and taken, as of a card that was charged at once."""
    return Change(reached(payment, "captured"), ("authorised", "captured"))


def of_receipt(payment: Payment) -> tuple[Entry, ...]:
    """The money is in the bank or in the till, and the customer has paid for the order with it."""
    money = Money(payment.amount, payment.currency)
    return move(money, debit=account_of(payment.method), credit="customer_orders")

"""Which transactions of the ledger a movement of the balance is.

Types and categories: https://docs.stripe.com/reports/balance-transaction-types and .../reporting-categories.
"""

from __future__ import annotations

from dataclasses import dataclass

from chassis.values import Money
from payments.domain.ledger import move
from payments.domain.movement import Booking, Movement, cost_of, fee_of

# Booked by those who know the payment: when it is captured, refunded or disputed. Here only the fee is.
_OF_PAYMENTS = frozenset(
    {
        *("charge", "payment", "refund", "payment_refund", "refund_failure", "payment_failure_refund"),
        "payment_reversal",
    }
)
_OF_DISPUTES = frozenset({"dispute", "dispute_reversal"})
# Between the balance and the bank, either way.
_OF_THE_BANK = frozenset({"payout", "payout_cancel", "payout_failure", "topup", "topup_reversal"})
# What the provider takes for itself.
_COSTS = frozenset({"stripe_fee", "stripe_fx_fee", "tax_fee"})


@dataclass(frozen=True, slots=True)
class Treated:
    """The bookings of a movement. `known`: whether they are all of it, with what others book."""

    bookings: tuple[Booking, ...]
    known: bool = True


def treated(movement: Movement) -> Treated:
    """What is to be booked of a movement here, each by the movement's id, so that it is booked once."""
    if movement.type in _COSTS:
        cost = movement.fee - movement.amount
        return Treated(cost_of(cost, movement) if cost else ())
    if movement.type in _OF_THE_BANK:
        return Treated((*_with_the_bank(movement), *fee_of(movement)))
    if movement.type in _OF_PAYMENTS or movement.category in _OF_DISPUTES:
        return Treated(fee_of(movement))
    return Treated(fee_of(movement), known=movement.amount == 0)


def _with_the_bank(movement: Movement) -> tuple[Booking, ...]:
    money = Money(abs(movement.amount), movement.currency)
    if movement.amount < 0:
        return (Booking("payout", movement.id, move(money, debit="bank", credit="provider_receivable")),)
    if movement.amount > 0:
        return (Booking("payout", movement.id, move(money, debit="provider_receivable", credit="bank")),)
    return ()

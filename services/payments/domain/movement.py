"""Movements of the balance at the provider, and how its fees are booked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chassis.values import Money
from payments.domain.ledger import Entry, Kind, move


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """A balance transaction of the provider. `amount` is below 0 where money leaves the balance; `fee` is what the
    provider took beside it; both in minor units. `source`: the id of the charge, refund, dispute or payout, if any.
    """

    id: str
    type: str
    category: str
    amount: int
    fee: int
    currency: str
    source: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Booking:
    """A transaction of the ledger that is to be booked once: by its kind and reference."""

    kind: Kind
    reference: str
    entries: tuple[Entry, ...]


def fee_of(movement: Movement) -> tuple[Booking, ...]:
    """The booking of the fee that was taken, or given back; none where there is no fee."""
    return cost_of(movement.fee, movement) if movement.fee else ()


def cost_of(amount: int, movement: Movement) -> tuple[Booking, ...]:
    """A cost of the provider's, taken from the balance; below 0 it is given back."""
    money = Money(abs(amount), movement.currency)
    if amount > 0:
        return (Booking("fee", movement.id, move(money, debit="provider_fees", credit="provider_receivable")),)
    return (Booking("fee", movement.id, move(money, debit="provider_receivable", credit="provider_fees")),)

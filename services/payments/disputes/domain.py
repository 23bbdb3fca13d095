"""How a dispute stands, and how its money is booked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from chassis.values import Money
from payments.domain.ledger import move
from payments.domain.movement import Booking, Movement, fee_of

Outcome = Literal["won", "lost"]

ANSWERABLE = frozenset({"needs_response", "warning_needs_response"})
"""Statuses in which evidence is waited for."""
DUE_SOON_DAYS = 3
"""How long before its deadline an unanswered dispute is reported."""

# An inquiry that was closed, and a dispute that was prevented, took no money.
_OUTCOMES: dict[str, Outcome] = {"won": "won", "warning_closed": "won", "prevented": "won", "lost": "lost"}


def outcome_of(status: str) -> Outcome | None:
    """How a dispute of this status ended; None while it goes on, also in a status that is not known here."""
    return _OUTCOMES.get(status)


def bookings_of(movements: Iterable[Movement]) -> list[Booking]:
    """What was withdrawn for a dispute and given back, and the fees of it: each once, by the provider's id."""
    booked: list[Booking] = []
    for movement in movements:
        money = Money(abs(movement.amount), movement.currency)
        if movement.amount < 0:
            taken = move(money, debit="disputes", credit="provider_receivable")
            booked.append(Booking("dispute", movement.id, taken))
        elif movement.amount > 0:
            given_back = move(money, debit="provider_receivable", credit="disputes")
            booked.append(Booking("dispute_reversal", movement.id, given_back))
        booked += fee_of(movement)
    return booked

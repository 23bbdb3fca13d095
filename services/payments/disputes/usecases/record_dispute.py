"""Store a dispute as the provider has it, book its money, and tell other services."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chassis import outbox
from chassis.db import WriteTx
from chassis.outbox import EventData
from payments.disputes import store
from payments.disputes.domain import bookings_of, outcome_of
from payments.domain.case import Case
from payments.domain.payment import Payment
from payments.events import PaymentDisputeClosed, PaymentDisputed
from payments.store import cases, ledger, payments


@dataclass(frozen=True, slots=True)
class Recorded:
    """`changed`: the dispute is new or stands otherwise than before. `booked`: money of it was booked now."""

    changed: bool
    booked: bool


async def record_dispute(tx: WriteTx, payment: Payment, case: Case, asked_at: datetime) -> Recorded:
    """Record what the provider answered at `asked_at`. `tx` has locked the payment's row.

    An answer to an earlier question changes no status, and what it says of money is booked all the same: it has
    happened, and each movement is booked once.
    """
    before = await store.status_of(tx, case.id)
    changed = await cases.put(tx, payment.id, case, asked_at)
    booked = False
    for booking in bookings_of(case.movements):
        new = await ledger.post(tx, payment.id, booking.kind, booking.reference, booking.entries)
        booked = booked or new
    if changed:
        for event in _events(payment, case, new=before is None):
            order_id, number = await payments.count_fact(tx, payment.id)
            assert order_id == payment.order_id, "a payment keeps its order"  # noqa: S101 -- a trigger keeps it
            await outbox.publish(tx, "payment", payment.id, number, event)
    return Recorded(changed, booked)


def _events(payment: Payment, case: Case, *, new: bool) -> list[EventData]:
    outcome = outcome_of(case.status)
    told: list[EventData] = []
    if new or outcome is None:
        told.append(
            PaymentDisputed(
                order_id=payment.order_id,
                dispute_id=case.id,
                amount=case.amount,
                currency=case.currency,
                reason=case.reason or "",
                status=case.status,
                due_by=case.due_by,
            )
        )
    if outcome is not None:
        told.append(
            PaymentDisputeClosed(
                order_id=payment.order_id,
                dispute_id=case.id,
                outcome=outcome,
                amount=case.amount,
                currency=case.currency,
            )
        )
    return told

"""SQL of manual payments and of their receipts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from chassis import telemetry
from chassis.db import ReadTx, WriteTx
from payments.domain.payment import Method, Payment
from payments.store.payments import COLUMNS

_INSERT = f"""
insert into payments (
    id, order_id, amount, currency, method, details, trace, status, create_key, provider_state_known_at
)
values ($1, $2, $3, $4, $5, $6, $7, 'requires_payment', 'none', now())
on conflict (order_id) do nothing
returning {COLUMNS}
"""
_RECEIVE = """
insert into payment_receipts (payment_id, reference, amount, currency, received_by) values ($1, $2, $3, $4, $5)
on conflict do nothing returning true
"""
_RECEIPT = "select reference, amount, currency from payment_receipts where payment_id = $1"


class StoredReceipt(msgspec.Struct, frozen=True):
    """What was received for a payment."""

    reference: str
    amount: int
    currency: str


async def insert(
    tx: WriteTx, payment_id: UUID, order_id: UUID, amount: int, currency: str, method: Method, number: str | None
) -> Payment | None:
    """The new payment, which waits for its money; None if the order has one. Of the order its number alone is kept."""
    details: dict[str, Any] = {"number": number} if number else {}
    trace = telemetry.current_trace().traceparent or None
    return await tx.row(Payment, _INSERT, payment_id, order_id, amount, currency, method, details, trace)


async def receive(tx: WriteTx, payment: Payment, reference: str, received_by: UUID | None) -> bool:
    """Store the receipt of a payment; False if this reference has paid another one."""
    stored = await tx.value(_RECEIVE, payment.id, reference, payment.amount, payment.currency, received_by)
    return stored is not None


async def locked(tx: WriteTx, payment_id: UUID | None) -> Payment | None:
    """The payment of this id, its row locked until the end of `tx`; None if there is none."""
    return await tx.row(Payment, f"select {COLUMNS} from payments where id = $1 for no key update", payment_id)


async def receipt_of(tx: ReadTx, payment_id: UUID) -> StoredReceipt | None:
    """The receipt of a payment."""
    return await tx.row(StoredReceipt, _RECEIPT, payment_id)

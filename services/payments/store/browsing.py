"""SQL for the API of staff: payments without their secrets."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from chassis.db import ReadTx, ReportTx
from payments.domain.attention import Attention
from payments.domain.case import Kind
from payments.domain.payment import Method, PaymentStatus

_COLUMNS = """
    id, order_id, amount, currency, method, status, intent_id as provider_reference, decline_code, decline_message,
    cancel_reason, provider_state_known_at, next_check_at, attention, attention_detail, created_at, updated_at,
    captured_at
"""
_CASE = """
(exists (select from provider_cases c where c.payment_id = payments.id and c.kind = {0})
 or ({0} = 'refund' and exists (select from refunds r where r.payment_id = payments.id)))
"""
_ATTENTION = {None: "true", True: "attention is not null", False: "attention is null"}
_UNSETTLED = """
select status, count(*) as payments,
       count(*) filter (
           where provider_state_known_at is null and created_at < now() - interval '5 minutes'
       ) as unknown
from payments where next_check_at is not null group by status
"""


class PaymentSummary(msgspec.Struct, frozen=True):
    """A payment as staff may see it."""

    id: UUID
    order_id: UUID
    amount: int
    currency: str
    method: Method
    status: PaymentStatus
    provider_reference: str | None
    decline_code: str | None
    decline_message: str | None
    cancel_reason: str | None
    provider_state_known_at: datetime | None
    next_check_at: datetime | None
    attention: Attention | None
    attention_detail: str | None
    created_at: datetime
    updated_at: datetime
    captured_at: datetime | None


class UnsettledCount(msgspec.Struct, frozen=True):
    """Open payments of one status; `unknown`: those not known at the provider for 5 minutes."""

    status: PaymentStatus
    payments: int
    unknown: int


class PaymentFilter(msgspec.Struct, frozen=True):
    """The filters of the list for staff."""

    status: PaymentStatus | None = None
    order_id: UUID | None = None
    attention: bool | None = None
    case: Kind | None = None


async def newest(
    tx: ReadTx, narrowed: PaymentFilter, *, after: tuple[datetime, UUID] | None, limit: int
) -> list[PaymentSummary]:
    """Payments, newest first, after the one with these (created_at, id)."""
    # Only the conditions that are asked for, so that each combination has a plan, and an index, of its own.
    wanted = {
        "status = {}": narrowed.status,
        "order_id = {}": narrowed.order_id,
        _CASE: narrowed.case,
        "(created_at, id) < ({}, {})": after,
    }
    clauses = [_ATTENTION[narrowed.attention]]
    arguments: list[Any] = [limit]
    for clause, value in wanted.items():
        if value is not None:
            values = value if isinstance(value, tuple) else (value,)
            places = [f"${len(arguments) + number}" for number in range(1, len(values) + 1)]
            clauses.append(clause.format(*places))
            arguments += values
    where = " and ".join(clauses)
    sql = f"select {_COLUMNS} from payments where {where} order by created_at desc, id desc limit $1"
    return await tx.rows(PaymentSummary, sql, *arguments)


async def one(tx: ReadTx, payment_id: UUID) -> PaymentSummary | None:
    """The payment with this id, for staff."""
    return await tx.row(PaymentSummary, f"select {_COLUMNS} from payments where id = $1", payment_id)


async def waiting(tx: ReportTx) -> int:
    """How many payments a person has to look at."""
    count: int = await tx.value("select count(*) from payments where attention is not null")
    return count


async def unsettled(tx: ReportTx) -> list[UnsettledCount]:
    """The open payments, counted by status."""
    return await tx.rows(UnsettledCount, _UNSETTLED)

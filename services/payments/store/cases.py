"""SQL of refunds, disputes and fraud warnings at the provider."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from chassis.db import ReadTx, WriteTx
from payments.domain.case import Case, Kind

_PUT = """
insert into provider_cases (
    id, payment_id, kind, status, reason, amount, currency, due_by, provider_created_at, asked_at
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
on conflict (id) do update set status = $4, reason = $5, amount = $6, due_by = $8, asked_at = $10, updated_at = now()
    where provider_cases.payment_id = $2 and provider_cases.asked_at < $10
      and (provider_cases.status, provider_cases.reason, provider_cases.amount, provider_cases.due_by)
          is distinct from ($4, $5, $6, $8)
returning status
"""
_OF_PAYMENT = """
select id, kind, status, reason, amount, currency, due_by, provider_created_at as created_at, updated_at
from provider_cases where payment_id = $1 order by provider_created_at, id limit 200
"""
_REFUNDED = """
select coalesce(sum(amount), 0)::bigint from provider_cases
where payment_id = $1 and kind = 'refund' and status not in ('failed', 'canceled') and id <> $2
"""


class StoredCase(msgspec.Struct, frozen=True):
    """A case as staff see it."""

    id: str
    kind: Kind
    status: str
    reason: str | None
    amount: int
    currency: str
    due_by: datetime | None
    created_at: datetime
    updated_at: datetime


async def put(tx: WriteTx, payment_id: UUID, case: Case, asked_at: datetime) -> bool:
    """Store a case as the provider answered it; whether it is new or changed. An older answer changes nothing."""
    told = await tx.value(
        _PUT,
        case.id,
        payment_id,
        case.kind,
        case.status,
        case.reason,
        case.amount,
        case.currency,
        case.due_by,
        case.created_at,
        asked_at,
    )
    return told is not None


async def refunded(tx: ReadTx, payment_id: UUID, but: str) -> int:
    """The sum of all refunds of a payment but one, minor units."""
    total: int = await tx.value(_REFUNDED, payment_id, but)
    return total


async def of_payment(tx: ReadTx, payment_id: UUID) -> list[StoredCase]:
    """Oldest first, 200 at most."""
    return await tx.rows(StoredCase, _OF_PAYMENT, payment_id)

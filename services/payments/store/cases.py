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
# A refund that is booked stands in `refunds`; one of a payment whose capture is not, among the cases.
_OF_PAYMENT = """
select id, kind, status, reason, amount, currency, due_by, provider_created_at as created_at, updated_at
from provider_cases c where payment_id = $1 and not exists (select from refunds r where r.provider_id = c.id)
union all
select provider_id, 'refund', status, coalesce(failure, nullif(reason, 'other')), amount, currency, null, created_at,
       updated_at
from refunds where payment_id = $1 and provider_id is not null
order by created_at, id limit 200
"""
# With `offset 0` refunds are looked up by case: joined, all would be read.
_REFUNDS_SINCE = """
select coalesce(array_agg(found.id order by found.id), '{}') from (
    select c.id from provider_cases c join payments p on p.id = c.payment_id
    where c.kind = 'refund' and p.status = 'captured' and c.updated_at > $1 and c.id > $2
      and not exists (select from refunds r where r.provider_id = c.id offset 0)
    order by c.id limit 100
) found
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


async def refunds_not_taken_in(tx: ReadTx, since: datetime, after: str) -> list[str]:
    """Refunds of captured payments that the version before kept here alone: ids after one, 100 at most."""
    found: list[str] = await tx.value(_REFUNDS_SINCE, since, after)
    return found


async def of_payment(tx: ReadTx, payment_id: UUID) -> list[StoredCase]:
    """Oldest first, 200 at most."""
    return await tx.rows(StoredCase, _OF_PAYMENT, payment_id)

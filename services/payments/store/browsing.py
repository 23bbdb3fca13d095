"""SQL for staff's pages: payments without their secrets."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from chassis.db import ReadTx
from payments.domain.payment import Status

_COLUMNS = """
    id, order_id, amount, currency, status, intent_id, decline_code, decline_message, cancel_reason,
    provider_state_known_at, next_check_at, created_at, updated_at, captured_at
"""
_NEWEST = f"""
select {_COLUMNS} from payments
where ($1::text is null or status = $1) and ($2::uuid is null or order_id = $2)
  and ($3::timestamptz is null or (created_at, id) < ($3, $4::uuid))
order by created_at desc, id desc limit $5
"""
_UNSETTLED = """
select status, count(*) as payments,
       count(*) filter (
           where provider_state_known_at is null and created_at < now() - interval '5 minutes'
       ) as unknown
from payments where next_check_at is not null group by status
"""


class Row(msgspec.Struct, frozen=True):
    """A payment as staff may see it."""

    id: UUID
    order_id: UUID
    amount: int
    currency: str
    status: Status
    intent_id: str | None
    decline_code: str | None
    decline_message: str | None
    cancel_reason: str | None
    provider_state_known_at: datetime | None
    next_check_at: datetime | None
    created_at: datetime
    updated_at: datetime
    captured_at: datetime | None


class Unsettled(msgspec.Struct, frozen=True):
    """How many payments are in a status that is not an end, and of how many we do not know the truth for long."""

    status: Status
    payments: int
    unknown: int


async def newest(
    tx: ReadTx, *, status: Status | None, order_id: UUID | None, after: tuple[datetime, UUID] | None, limit: int
) -> list[Row]:
    """Payments, newest first, after the one with these (created_at, id)."""
    created_at, payment_id = after or (None, None)
    return await tx.rows(Row, _NEWEST, status, order_id, created_at, payment_id, limit)


async def one(tx: ReadTx, payment_id: UUID) -> Row | None:
    return await tx.row(Row, f"select {_COLUMNS} from payments where id = $1", payment_id)


async def unsettled(tx: ReadTx) -> list[Unsettled]:
    return await tx.rows(Unsettled, _UNSETTLED)

"""SQL that reads refunds, asks for them, and takes those that are due."""

from __future__ import annotations

from uuid import UUID

import msgspec

from chassis import telemetry
from chassis.db import ReadTx, ReportTx, WriteTx
from payments.domain.payment import next_key
from payments.refunds.domain.refund import Reason, Refund
from payments.store.payments import FIRST_CHECK_SECONDS, LONGEST_PAUSE_SECONDS

FIRST_LOOK_SECONDS = 60
"""An accepted refund is looked up later and later: a webhook says what becomes of it."""
LONGEST_LOOK_SECONDS = 3_600
KEY_HOURS = 23
"""Stripe deletes an idempotency key after 24 hours: with it, a later call would be a second refund."""

COLUMNS = f"""
    r.id, r.payment_id, p.order_id, p.intent_id, r.amount, r.currency, r.reason, r.origin, r.manual, r.status, r.key,
    r.key_at < now() - interval '{KEY_HOURS} hours' as key_spent, r.provider_id, r.failure, r.accepted_at, r.checks,
    r.version, r.trace, r.created_at, r.updated_at
"""
_FROM = "from refunds r join payments p on p.id = r.payment_id"
# The payment's row is locked before its sum is compared: of two refunds at once the second finds what the first left.
_REQUEST = f"""
with asked as (
    insert into refunds (id, payment_id, amount, currency, reason, origin, manual, status, key, next_check_at, trace)
    select $1::uuid, p.id, $3, $4, $5, 'shop', p.intent_id is null, 'requested', 'refund-' || ($1::uuid)::text,
           now() + make_interval(secs => {FIRST_CHECK_SECONDS}), $6
    from payments p
    where p.order_id = $2 and p.status = 'captured' and p.currency = $4 and p.refunds_sum + $3 <= p.amount
    for no key update
    on conflict (id) do nothing
    returning *
)
select {COLUMNS} from asked r join payments p on p.id = r.payment_id
"""
# Whether `take_due` would find any.
ANY_DUE = "exists (select from refunds where next_check_at <= now())"
_FIRST = f"case when status = 'requested' then {FIRST_CHECK_SECONDS} else {FIRST_LOOK_SECONDS} end"
_LONGEST = f"case when status = 'requested' then {LONGEST_PAUSE_SECONDS} else {LONGEST_LOOK_SECONDS} end"
_PAUSE = f"make_interval(secs => least(({_FIRST}) * power(2, least(checks, 10)), {_LONGEST}))"
_TAKE_DUE = f"""
with due as (
    update refunds set next_check_at = now() + {_PAUSE}, checks = checks + 1, version = version + 1, updated_at = now()
    where id = any(array(
        select id from refunds where next_check_at <= now() order by next_check_at limit $1 for update skip locked
    ))
    returning *
)
select {COLUMNS} from due r join payments p on p.id = r.payment_id
"""
# The key is exchanged by the first who finds it spent; the others read it again.
_NOTE_UNKNOWN = f"""
update refunds set key = coalesce($3, key), key_at = case when $3::text is not null then now() else key_at end,
    next_check_at = now() + case
        when $5 then interval '1 second' when $4 then {_PAUSE} else make_interval(secs => {FIRST_CHECK_SECONDS}) end,
    version = version + 1, updated_at = now()
where id = $1 and key = $2 and next_check_at is not null
"""
_OPEN = """
select status, count(*) as refunds,
       extract(epoch from now() - min(case when status = 'requested' then created_at else accepted_at end))::float8
           as oldest_seconds
from refunds where next_check_at is not null group by status
"""


class OpenCount(msgspec.Struct, frozen=True):
    """Open refunds of one status, and for how long the oldest has waited."""

    status: str
    refunds: int
    oldest_seconds: float


async def request(
    tx: WriteTx, refund_id: UUID, order_id: UUID, amount: int, currency: str, reason: Reason
) -> Refund | None:
    """The new refund, counted in its payment. What happens to it later goes on in the running trace.

    None: there is one with this id, or the payment has not so much left, is not captured, or is of another currency.
    """
    trace = telemetry.current_trace().traceparent or None
    return await tx.row(Refund, _REQUEST, refund_id, order_id, amount, currency, reason, trace)


async def get(tx: ReadTx, refund_id: UUID) -> Refund | None:
    """The refund with this id."""
    return await tx.row(Refund, f"select {COLUMNS} {_FROM} where r.id = $1", refund_id)


async def of_payment(tx: ReadTx, payment_id: UUID) -> list[Refund]:
    """All of a payment, oldest first."""
    return await tx.rows(
        Refund, f"select {COLUMNS} {_FROM} where r.payment_id = $1 order by r.created_at, r.id", payment_id
    )


async def locked_of_payment(tx: WriteTx, payment_id: UUID) -> list[Refund]:
    """All of a payment, oldest first, their rows locked until the end of `tx`, which locked the payment's before."""
    sql = f"select {COLUMNS} {_FROM} where r.payment_id = $1 order by r.created_at, r.id for no key update of r"
    return await tx.rows(Refund, sql, payment_id)


async def take_due(tx: WriteTx, limit: int) -> list[Refund]:
    """Refunds that are due to be asked about, with their next time moved on: no other replica gets them meanwhile."""
    return await tx.rows(Refund, _TAKE_DUE, limit)


async def note_unknown(tx: WriteTx, refund: Refund, *, key_spent: bool, sent: bool, busy: bool) -> None:
    """Store when the reconciler asks again, after a call of an unknown outcome; a spent key is exchanged for a new one.

    Nothing happens if the key is another one by now, or the refund has ended.
    """
    fresh = next_key(refund.key) if key_spent else None
    await tx.execute(_NOTE_UNKNOWN, refund.id, refund.key, fresh, sent, busy)


async def open_counts(tx: ReportTx) -> list[OpenCount]:
    """The open refunds, counted by status."""
    return await tx.rows(OpenCount, _OPEN)

"""SQL that writes a refund with its ledger entries and its event, by one statement."""

from __future__ import annotations

from typing import Any

import msgspec

from chassis import telemetry
from chassis.db import WriteTx
from chassis.outbox import EventData
from chassis.outbox.log import PUBLISHED
from chassis.values import uuid7
from payments.refunds.domain.refund import Booking, Refund
from payments.refunds.store.refunds import COLUMNS, FIRST_LOOK_SECONDS

# `saved` is the refund as it is written. The deferred triggers of the ledger and of `refunds` look at the end.
_TELL = f"""
booked as (
    insert into ledger_transactions (id, payment_id, kind, reference)
    select $1::uuid, saved.payment_id, $2::text, saved.id::text from saved where $2::text is not null
    returning id
),
entries as (
    insert into ledger_entries (transaction_id, position, account, side, amount, currency)
    select booked.id, entry.position - 1, account, side, amount, currency
    from booked, unnest($3::text[], $4::text[], $5::bigint[], $6::text[])
        with ordinality as entry (account, side, amount, currency, position)
),
counted as (
    update payments set facts = facts + 1, version = version + 1, updated_at = now()
    where id = (select payment_id from saved) and $7::text is not null
    returning id, facts
),
facts as (
    select $7::text as type, 'payment' as aggregate, counted.id as aggregate_id, counted.facts as version,
           $8::text as trace, $9::text::jsonb as data
    from counted
),
{PUBLISHED}
select {COLUMNS} from saved r join payments p on p.id = r.payment_id
"""
_NEXT = f"""
case when $13::text in ('succeeded', 'failed', 'canceled') then null
else now() + make_interval(secs => {FIRST_LOOK_SECONDS}) end
"""
_SAVE = f"""
with saved as (
    update refunds set
        status = $13, provider_id = $12, failure = $14, checks = $15, version = version + 1, updated_at = now(),
        accepted_at = case when $2 = 'refund' then coalesce(accepted_at, now()) else accepted_at end,
        next_check_at = {_NEXT}
    where id = $10 and version = $11
    returning *
),
{_TELL}
"""
_INSERT = f"""
with saved as (
    insert into refunds (
        id, version, provider_id, status, failure, checks, payment_id, amount, currency, reason, origin, key,
        created_at, accepted_at, next_check_at
    )
    select $10::uuid, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
           case when $2 = 'refund' then now() end, {_NEXT}
    on conflict do nothing
    returning *
),
{_TELL}
"""


async def save(tx: WriteTx, after: Refund, booking: Booking | None, event: EventData | None) -> Refund:
    """Write a refund that was changed by the domain, book and tell it. `tx` has locked its row, and before that the
    payment's.
    """
    saved = await tx.row(Refund, _SAVE, *_told(booking, event if tx.followed else None), *_changed(after))
    assert saved is not None, "the row is locked"  # noqa: S101 -- narrows the type
    return saved


async def insert(tx: WriteTx, new: Refund, booking: Booking | None, event: EventData | None) -> Refund | None:
    """Write a refund that was made at the provider, book and tell it; None if another payment has one of this id. `tx`
    has locked the payment's row.
    """
    made = (new.payment_id, new.amount, new.currency, new.reason, new.origin, new.key, new.created_at)
    return await tx.row(Refund, _INSERT, *_told(booking, event if tx.followed else None), *_changed(new), *made)


def _told(booking: Booking | None, event: EventData | None) -> tuple[Any, ...]:
    entries = booking.entries if booking else ()
    return (
        uuid7() if booking else None,
        booking.kind if booking else None,
        [entry.account for entry in entries],
        [entry.side for entry in entries],
        [entry.money.amount for entry in entries],
        [entry.money.currency for entry in entries],
        event.type if event else None,
        telemetry.current_trace()[1] or None,
        msgspec.json.encode(event).decode() if event else None,
    )


def _changed(refund: Refund) -> tuple[Any, ...]:
    return refund.id, refund.version, refund.provider_id, refund.status, refund.failure, refund.checks

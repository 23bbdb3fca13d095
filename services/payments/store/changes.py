"""SQL that writes a changed payment with its webhook, ledger entries and events, by one statement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from chassis import telemetry
from chassis.db import WriteTx
from chassis.outbox import EventData
from chassis.outbox.log import PUBLISHED
from chassis.values import uuid7
from payments.domain.ledger import Entry
from payments.domain.payment import Payment
from payments.events import PaymentAuthorised
from payments.store.payments import COLUMNS, FIRST_CHECK_SECONDS, FIRST_LOOK_SECONDS
from payments.store.provider_events import Webhook, WebhookState

# debt(client-secret-kept): the secret of an intent stays after its payment has ended, when nobody needs it any more.

# What a person must do something about, whatever the provider tells later.
_STAYS = "attention in ('refunds_exceed', 'order_lost')"

_SAVE = f"""
update payments set
    status = $3, intent_id = $4, client_secret = $5, operation_key = $6, decline_reference = $7, decline_code = $8,
    decline_message = $9, cancel_reason = $10, checks = $11, facts = $12, version = version + 1, updated_at = now(),
    provider_state_known_at = case when $13 then now() else provider_state_known_at end,
    captured_at = case when $3 = 'captured' then coalesce(captured_at, now()) end,
    next_check_at = case
        when $3 in ('captured', 'cancelled') then null
        when $3 in ('requires_payment', 'authorised') then now() + make_interval(secs => {FIRST_LOOK_SECONDS})
        else now() + make_interval(secs => {FIRST_CHECK_SECONDS}) end,
    details = case when $4::text is null and $3 not in ('captured', 'cancelled') then details end,
    address = case when $3 not in ('captured', 'cancelled') then address end,
    attention = case when {_STAYS} or not $13 then attention end,
    attention_detail = case when {_STAYS} or not $13 then attention_detail end,
    attention_at = case when {_STAYS} or not $13 then attention_at end
where id = $1 and version = $2
returning {COLUMNS}
"""
# One statement is one transaction: where the version is another one, nothing of this is written. The database refuses
# entries that do not balance at its end, and a second capture at once. The time of a capture is that of the row.
_SAVE_AND_TELL = f"""
with saved as ({_SAVE}),
told as (
    insert into provider_events (id, type, payment_id, intent_id, payload, applied_at, outcome)
    select $14::text, $15::text, id, $16::text, $17::json, now(), 'applied' from saved where $14::text is not null
    on conflict (id) do nothing
),
booked as (
    insert into ledger_transactions (id, payment_id, kind)
    select $18::uuid, id, 'capture' from saved where $18::uuid is not null
    returning id
),
entries as (
    insert into ledger_entries (transaction_id, position, account, side, amount, currency)
    select booked.id, entry.position - 1, account, side, amount, currency
    from booked, unnest($19::text[], $20::text[], $21::bigint[], $22::text[])
        with ordinality as entry (account, side, amount, currency, position)
),
facts as (
    select fact.type, 'payment' as aggregate, saved.id as aggregate_id,
           saved.facts - cardinality($23::text[]) + fact.number as version, $25::text as trace,
           case fact.type when 'payment.captured' then fact.data::jsonb || jsonb_build_object('captured_at',
               to_char(saved.captured_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
           else fact.data::jsonb end as data
    from saved, unnest($23::text[], $24::text[]) with ordinality as fact (type, data, number)
),
{PUBLISHED}
select * from saved
"""

# As the domain's `merge` of an authorised intent that fits its payment, without reading the payment first.
_AUTHORISE = f"""
with known as (select {COLUMNS} from payments where id = $3),
saved as (
    update payments set
        status = 'authorised', decline_reference = null, decline_code = null, decline_message = null, checks = 0,
        facts = facts + 1, version = version + 1, updated_at = now(), provider_state_known_at = now(),
        next_check_at = now() + make_interval(secs => {FIRST_LOOK_SECONDS}),
        attention = case when {_STAYS} then attention end,
        attention_detail = case when {_STAYS} then attention_detail end,
        attention_at = case when {_STAYS} then attention_at end
    where id = $3 and intent_id = $4 and order_id = $6 and amount = $7 and currency = $8
      and status = 'requires_payment' and not exists (select from provider_events where id = $1)
    returning {COLUMNS}
),
told as (
    insert into provider_events (id, type, payment_id, intent_id, payload, applied_at, outcome)
    select $1, $2, $3, $4, $5, now(), 'applied' from saved
    on conflict (id) do nothing
),
facts as (
    select 'payment.authorised' as type, 'payment' as aggregate, id as aggregate_id, facts as version,
           coalesce(trace, $9::text) as trace, $10::text::jsonb as data
    from saved where $10::text is not null
),
{PUBLISHED}
select case when exists (select from saved) then 'applied' end as outcome,
       exists (select from provider_events where id = $1) as was_stored, payment.*
from (values (true)) as one
left join (select * from saved union all select * from known where not exists (select from saved)) as payment on true
"""


async def authorise(tx: WriteTx, webhook: Webhook, event: PaymentAuthorised) -> WebhookState:
    """Store and apply a webhook about an authorised intent, if its payment waits for that and is of the order, amount
    and currency that `event` names; the payment as it is then. Nothing is written where it is not.
    """
    data = msgspec.json.encode(event).decode() if tx.followed else None
    state = await tx.row(
        WebhookState.of_row,
        _AUTHORISE,
        *msgspec.structs.astuple(webhook),
        event.order_id,
        event.amount,
        event.currency,
        telemetry.current_trace().traceparent or None,
        data,
    )
    assert state is not None, "there is always one row"  # noqa: S101 -- narrows the type
    return state


async def save(
    tx: WriteTx,
    payment: Payment,
    *,
    from_provider: bool,
    events: Sequence[EventData] = (),
    entries: Sequence[Entry] = (),
    webhook: Webhook | None = None,
) -> Payment | None:
    """Write a payment changed by the domain, if it is still of the version that was changed; None if it is not.

    `events` are published, the last as the payment's `facts`-th; `entries` are booked as its capture; `webhook` is
    stored as applied.
    """
    changed = (
        payment.id,
        payment.version,
        payment.status,
        payment.intent_id,
        payment.client_secret,
        payment.operation_key,
        payment.decline_reference,
        payment.decline_code,
        payment.decline_message,
        payment.cancel_reason,
        payment.checks,
        payment.facts,
        from_provider,
    )
    if not (events or entries or webhook):
        return await tx.row(Payment, _SAVE, *changed)
    return await tx.row(
        Payment,
        _SAVE_AND_TELL,
        *changed,
        *_of_webhook(webhook),
        *_of_entries(entries),
        *_of_events(events if tx.followed else ()),
    )


def _of_webhook(webhook: Webhook | None) -> tuple[Any, ...]:
    if webhook is None:
        return None, None, None, None
    return webhook.id, webhook.type, webhook.intent_id, webhook.payload


def _of_entries(entries: Sequence[Entry]) -> tuple[Any, ...]:
    return (
        uuid7() if entries else None,
        [entry.account for entry in entries],
        [entry.side for entry in entries],
        [entry.money.amount for entry in entries],
        [entry.money.currency for entry in entries],
    )


def _of_events(events: Sequence[EventData]) -> tuple[Any, ...]:
    bodies = [msgspec.json.encode(event).decode() for event in events]
    return [event.type for event in events], bodies, telemetry.current_trace()[1] or None

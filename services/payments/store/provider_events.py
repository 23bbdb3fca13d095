"""SQL of the stored webhooks."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from chassis.db import ReadTx, ReportTx, WriteTx
from payments.domain.payment import Payment
from payments.store.payments import COLUMNS

Outcome = Literal["applied", "unchanged", "asked", "ignored", "mismatched", "unmatched"]

# debt(event-payload): a list says what is taken out of a payload; one of what may stay would bound it.
_INSERT = """
insert into provider_events (id, type, payment_id, intent_id, payload, applied_at, outcome)
values ($1, $2, $3, $4, $5, case when $6::text is not null then now() end, $6)
on conflict (id) do nothing returning true
"""
# Nothing more can happen to a captured payment through its own intent. So most "succeeded" end here: we captured.
_LOOK = f"""
with known as (select {COLUMNS} from payments where id = $3),
told as (
    insert into provider_events (id, type, payment_id, intent_id, payload, applied_at, outcome)
    select $1, $2, $3, $4, $5, now(), 'unchanged' from known where status = 'captured' and intent_id = $4
    on conflict (id) do nothing returning true
)
select case when exists (select from told) then 'unchanged' end as outcome,
       exists (select from provider_events where id = $1) as was_stored, known.*
from (values (true)) as one left join known on true
"""
_MARK = """
update provider_events set applied_at = now(), outcome = $2, payment_id = coalesce($3, payment_id)
where id = $1 and applied_at is null
"""
_OF_PAYMENT = """
select id, type, received_at, applied_at, outcome from provider_events
where payment_id = $1 order by received_at, id limit 200
"""
_DELETE_OLD = """
delete from provider_events where id in (
    select id from provider_events
    where received_at < now() - interval '90 days' and applied_at is not null order by received_at limit $1
)
"""


class Webhook(msgspec.Struct, frozen=True):
    """A webhook to be stored, its fields in the order of the parameters. The ids that it names are not verified."""

    id: str
    type: str
    payment_id: UUID | None
    intent_id: str | None
    payload: dict[str, Any]


class WebhookState(msgspec.Struct, frozen=True):
    """A webhook's state and the payment that it names. `outcome`: None if this statement did not store the webhook;
    `was_stored`: whether it was stored before.
    """

    outcome: Outcome | None
    was_stored: bool
    payment: Payment | None

    @classmethod
    def of_row(cls, *, outcome: Outcome | None, was_stored: bool, **payment: Any) -> WebhookState:
        """The state that a row of the payment's columns and these two holds."""
        return cls(outcome, was_stored, Payment(**payment) if payment["id"] is not None else None)


class StoredWebhook(msgspec.Struct, frozen=True):
    """A stored webhook. `payload` is the event as the provider sent it."""

    id: str
    payload: dict[str, Any]
    outcome: Outcome | None


class WebhookSummary(msgspec.Struct, frozen=True):
    """A webhook in a payment's history."""

    id: str
    type: str
    received_at: datetime
    applied_at: datetime | None
    outcome: Outcome | None


async def insert(tx: WriteTx, webhook: Webhook, outcome: Outcome | None) -> bool:
    """Store a webhook with its outcome, None if it is not applied yet; False if it is stored already."""
    stored = await tx.value(_INSERT, *msgspec.structs.astuple(webhook), outcome)
    return stored is not None


async def look(tx: WriteTx, webhook: Webhook) -> WebhookState:
    """The payment that a webhook names. A webhook about a captured payment is stored too, as it changes nothing."""
    state = await tx.row(WebhookState.of_row, _LOOK, *msgspec.structs.astuple(webhook))
    assert state is not None, "there is always one row"  # noqa: S101 -- narrows the type
    return state


async def get(tx: ReadTx, event_id: str) -> StoredWebhook | None:
    """The stored webhook with this id."""
    return await tx.row(StoredWebhook, "select id, payload, outcome from provider_events where id = $1", event_id)


async def mark(tx: WriteTx, event_id: str, outcome: Outcome, payment_id: UUID | None = None) -> None:
    """Store the outcome and the payment of a webhook, unless it has an outcome already."""
    await tx.execute(_MARK, event_id, outcome, payment_id)


async def reopen(tx: WriteTx, event_id: str) -> bool:
    """Have a webhook applied again whose payment was not known; False if it has any other outcome."""
    sql = "update provider_events set applied_at = null, outcome = null where id = $1 and outcome = 'unmatched'"
    return await tx.execute(sql, event_id) > 0


async def of_payment(tx: ReadTx, payment_id: UUID) -> list[WebhookSummary]:
    """The payment's webhooks, oldest first, 200 at most."""
    return await tx.rows(WebhookSummary, _OF_PAYMENT, payment_id)


async def delete_old(tx: WriteTx, limit: int) -> int:
    """Delete applied webhooks after 90 days; how many."""
    return await tx.execute(_DELETE_OLD, limit)


async def last_at(tx: ReportTx) -> float:
    """When the last webhook was stored, in Unix seconds; 0: there is none."""
    return float(await tx.value("select coalesce(extract(epoch from max(received_at)), 0) from provider_events"))

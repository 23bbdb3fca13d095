"""SQL of the webhook inbox."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from chassis.db import ReadTx, WriteTx

Outcome = Literal["applied", "unchanged", "asked", "ignored", "mismatched", "unmatched"]

# Nothing more can happen to a captured payment through its own intent, so most "succeeded" need no job: we captured.
_INSERT = """
insert into provider_events (id, type, payment_id, intent_id, payload, applied_at, outcome)
select $1, $2, $3, $4, $5, case when known.outcome is not null then now() end, known.outcome
from (select coalesce($6::text, (
    select 'unchanged' from payments where id = $3 and intent_id = $4 and status = 'captured'
)) as outcome) as known
on conflict (id) do nothing returning coalesce(outcome, 'new')
"""
_MARK = """
update provider_events set applied_at = now(), outcome = $2, payment_id = coalesce($3, payment_id)
where id = $1 and applied_at is null
"""
_OF_PAYMENT = """
select id, type, received_at, applied_at, outcome from provider_events
where payment_id = $1 order by received_at, id limit 200
"""
_FORGET = """
delete from provider_events where id in (
    select id from provider_events
    where received_at < now() - interval '90 days' and applied_at is not null order by received_at limit $1
)
"""


class Told(msgspec.Struct, frozen=True):
    """A stored webhook. `payload` is the event as the provider sent it."""

    id: str
    payload: dict[str, Any]
    outcome: Outcome | None


class Heard(msgspec.Struct, frozen=True):
    """A webhook in a payment's history."""

    id: str
    type: str
    received_at: datetime
    applied_at: datetime | None
    outcome: Outcome | None


async def insert(
    tx: WriteTx,
    event_id: str,
    kind: str,
    payment_id: UUID | None,
    intent_id: str | None,
    payload: dict[str, Any],
    *,
    ignored: bool,
) -> Outcome | Literal["new"] | None:
    """What has become of it at once, or "new" where it is still to be applied; None when we have it already."""
    outcome = "ignored" if ignored else None
    result: Outcome | Literal["new"] | None = await tx.value(
        _INSERT, event_id, kind, payment_id, intent_id, payload, outcome
    )
    return result


async def get(tx: ReadTx, event_id: str) -> Told | None:
    return await tx.row(Told, "select id, payload, outcome from provider_events where id = $1", event_id)


async def mark(tx: WriteTx, event_id: str, outcome: Outcome, payment_id: UUID | None = None) -> None:
    """Remember what became of it, and whose it is; the first who says so is right."""
    await tx.execute(_MARK, event_id, outcome, payment_id)


async def of_payment(tx: ReadTx, payment_id: UUID) -> list[Heard]:
    """The payment's webhooks, oldest first, 200 at most."""
    return await tx.rows(Heard, _OF_PAYMENT, payment_id)


async def forget(tx: WriteTx, limit: int) -> int:
    """Delete webhooks of more than 90 days ago; how many there were."""
    return await tx.execute(_FORGET, limit)

"""SQL of export and erasure. What it does to which column: columns.py."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from chassis.db import ReadTx, WriteTx
from chassis.db.exports import Part
from payments.privacy.domain import OpenPayment

_OPEN = """
select coalesce(p.details ->> 'number', p.order_id::text) as name,
    p.status not in ('captured', 'cancelled') as unsettled,
    exists (
        select from refunds r where r.payment_id = p.id and r.status in ('requested', 'pending', 'requires_action')
    ) as refunding,
    exists (
        select from provider_cases c where c.payment_id = p.id and c.kind = 'dispute'
          and c.status not in ('won', 'lost', 'warning_closed', 'prevented')
    ) as disputed
from payments p where p.order_id = any($1::uuid[]) order by p.order_id
"""
_LOCK = "select id from payments where order_id = any($1::uuid[]) order by id for no key update"
# The provider's ids stay: the books name them. A payment by card keeps that it had a secret, since the intent is kept.
_ERASE = (
    """
    update payments set client_secret = case when client_secret is not null then 'erased' end, details = null,
        address = null, trace = null, version = version + 1, updated_at = now()
    where id = any($1::uuid[]) and (client_secret <> 'erased' or num_nonnulls(details, address, trace) > 0)
    """,
    """
    update refunds set trace = null, version = version + 1, updated_at = now()
    where payment_id = any($1::uuid[]) and trace is not null
    """,
    """
    update provider_events set payload = '{}' where payload::text <> '{}' and applied_at is not null and (
        payment_id = any($1::uuid[]) or intent_id in (select intent_id from payments where id = any($1::uuid[]))
    )
    """,
    "delete from payment_declines where payment_id = any($1::uuid[])",
    """
    update payment_receipts set reference = 'erased ' || payment_id
    where payment_id = any($1::uuid[]) and reference <> 'erased ' || payment_id
    """,
)
_NOTE = """
insert into erasures (subject, kind) select unnest($1::uuid[]), $2 order by 1 on conflict (subject) do nothing
"""
_OF_ORDERS = "t.payment_id in (select p.id from payments p where p.order_id = any($1::uuid[]))"

OF_ORDERS = (
    Part(
        table="payments",
        key="t.id::text",
        whose="t.order_id = any($1::uuid[])",
        hidden=("client_secret", "create_key", "operation_key", "address"),
    ),
    Part(table="refunds", key="t.id::text", whose=_OF_ORDERS, hidden=("key",)),
    Part(table="provider_cases", key="t.id", whose=_OF_ORDERS),
    Part(table="payment_receipts", key="t.payment_id::text", whose=_OF_ORDERS, hidden=("received_by",)),
    Part(
        table="payment_declines", key="t.payment_id::text || '/' || t.reference", whose=_OF_ORDERS, hidden=("address",)
    ),
    Part(table="ledger_transactions", key="t.id::text", whose=_OF_ORDERS),
    Part(
        table="provider_events",
        key="t.id",
        whose=_OF_ORDERS,
        source="(select id, type, payment_id, intent_id, received_at, outcome, payload::text from provider_events)",
    ),
)
OF_ACCOUNT = (
    Part(table="provider_customers", key="t.account_id::text", whose="t.account_id = $1", hidden=("create_key",)),
)


class Erasure(msgspec.Struct, frozen=True):
    """An account or an order that was erased."""

    subject: UUID
    kind: Literal["account", "order"]
    erased_at: datetime


async def open_payments(tx: ReadTx, order_ids: list[UUID]) -> list[OpenPayment]:
    """What may be open about the payments of these orders."""
    return await tx.rows(OpenPayment, _OPEN, order_ids)


async def lock(tx: WriteTx, order_ids: list[UUID]) -> list[UUID]:
    """The payments of these orders, which stay as they are until `tx` ends."""
    rows: list[dict[str, UUID]] = await tx.rows(dict, _LOCK, order_ids)
    return [row["id"] for row in rows]


async def note(tx: WriteTx, subjects: list[UUID], kind: Literal["account", "order"]) -> None:
    """Keep that they are erased; what is kept already stays."""
    await tx.execute(_NOTE, subjects, kind)


async def erase(tx: WriteTx, payment_ids: list[UUID]) -> None:
    """Take the person out of payments that the caller has locked and found settled; nothing the second time."""
    for sql in _ERASE:
        await tx.execute(sql, payment_ids)


async def after(tx: ReadTx, last: UUID, most: int) -> list[Erasure]:
    """All erasures, by their subject."""
    sql = "select subject, kind, erased_at from erasures where subject > $1 order by subject limit $2"
    return await tx.rows(Erasure, sql, last, most)


async def forget(tx: WriteTx, most: int) -> int:
    """Delete what is older than ten years; how many."""
    sql = """
    delete from erasures where subject in (
        select subject from erasures where erased_at < now() - interval '10 years' order by erased_at limit $1
        for update skip locked
    )
    """
    return await tx.execute(sql, most)

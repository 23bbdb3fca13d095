"""Drafts in the database. Each change is one statement, of the version that it names."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from chassis.db import ReadTx, WriteTx
from orders.drafts.domain.draft import MOST_DRAFTS, Draft, DraftFields, DraftStatus, OrderOfDraft

_NEWEST = UUID(int=(1 << 128) - 1)
_FIELDS = DraftFields.__struct_fields__
_OWN = f"""
d.id, d.version, d.created_by, d.created_at, d.updated_at, d.sent_at, d.sent_by,
jsonb_build_object({", ".join(f"'{name}', d.{name}" for name in _FIELDS)}) as fields
"""
_SELECT = f"""
select {_OWN},
    case when o.id is not null then jsonb_build_object('number', o.number, 'status', o.status, 'total', o.total) end
        as "order"
from drafts d left join orders o on o.id = d.order_id
"""
_TYPES = """
    account_id uuid, email text, currency text, lines jsonb, shipping_address jsonb, billing_address jsonb, vat_id text,
    shipping_method uuid, discount_codes text[], payment_method text, locale text, note text
"""
_NAMES = ", ".join(_FIELDS)
# Those who add one wait for each other, so that there are never more.
_ALONE = "select pg_advisory_xact_lock(hashtextextended('orders.drafts', 0))"
_ADD = f"""
insert into drafts (id, created_by, {_NAMES})
select $1, $2, {", ".join(f"f.{name}" for name in _FIELDS)} from jsonb_to_record($3) as f ({_TYPES})
where (select count(*) from drafts where order_id is null) < {MOST_DRAFTS}
on conflict (id) do nothing
"""
_CHANGE = f"""
update drafts d set ({_NAMES}) = row({", ".join(f"f.{name}" for name in _FIELDS)}),
    version = d.version + 1, updated_at = now()
from jsonb_to_record($3) as f ({_TYPES})
where d.id = $1 and d.version = $2 and d.order_id is null
"""
_SENT = """
update drafts set order_id = id, sent_at = now(), sent_by = $3, version = version + 1, updated_at = now()
where id = $1 and version = $2 and order_id is null
"""
_FORGET = """
delete from drafts where id in (
    select id from drafts where updated_at < now() - make_interval(days => $1) order by updated_at limit $2
    for update skip locked
)
"""
_OF_STATUS = {None: "", DraftStatus.OPEN: "and d.order_id is null", DraftStatus.SENT: "and d.order_id is not null"}


def _draft(*, fields: Any, order: Any, **columns: Any) -> Draft:
    became = None if order is None else msgspec.convert(order, OrderOfDraft)
    return Draft(**columns, fields=msgspec.convert(fields, DraftFields), order=became)


async def find(tx: ReadTx, draft_id: UUID) -> Draft | None:
    """The draft with this id."""
    return await tx.row(_draft, f"{_SELECT} where d.id = $1", draft_id)


async def browse(tx: ReadTx, before: UUID | None, limit: int, status: DraftStatus | None) -> list[Draft]:
    """Drafts older than `before`, newest first."""
    sql = f"{_SELECT} where d.id < $1 {_OF_STATUS[status]} order by d.id desc limit $2"
    return await tx.rows(_draft, sql, before or _NEWEST, limit)


async def add(tx: WriteTx, draft_id: UUID, created_by: UUID, fields: DraftFields) -> bool:
    """Write a new draft; False: it is there already, or there are MOST_DRAFTS."""
    await tx.execute(_ALONE)
    return await tx.execute(_ADD, draft_id, created_by, fields) == 1


async def change(tx: WriteTx, draft_id: UUID, version: int, fields: DraftFields) -> bool:
    """Make it so; False: it is of another version, was sent, or is not there."""
    return await tx.execute(_CHANGE, draft_id, version, fields) == 1


async def mark_sent(tx: WriteTx, draft_id: UUID, version: int, sent_by: UUID) -> bool:
    """It becomes the order that the same transaction writes; False: as `change`."""
    return await tx.execute(_SENT, draft_id, version, sent_by) == 1


async def delete(tx: WriteTx, draft_id: UUID, version: int) -> bool:
    """Delete it; False: as `change`."""
    sql = "delete from drafts where id = $1 and version = $2 and order_id is null"
    return await tx.execute(sql, draft_id, version) == 1


async def forget(tx: WriteTx, days: int, limit: int) -> int:
    """Delete what was not changed for so many days; how many. What was sent is an order by now."""
    return await tx.execute(_FORGET, days, limit)

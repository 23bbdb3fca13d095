"""Documents in the database. A number is taken from the row of its series, which stays locked until the document is
committed: whatever rolls back gives its number back.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from chassis.db import ReadTx, WriteTx
from orders.checkout import COLUMNS, Order, order_of
from orders.documents.domain.content import Content

# Whether `take_paid` would find any. A transaction lasts at most 30 seconds, so what was paid within a minute before
# the last look may have been committed after it. With `offset 0` the invoice of each order is looked up: joined, all
# invoices would be read.
ANY_UNINVOICED = """
exists (
    select from orders o where o.paid_at > (select paid_until - interval '1 minute' from invoicing)
      and o.status = 'paid' and not o.probe
      and not exists (select from documents d where d.order_id = o.id and d.kind = 'invoice' offset 0)
)
"""
_UNINVOICED = """
select coalesce(array_agg(found.id order by found.paid_at, found.id), '{}') as ids, now() as at
from (
    select o.id, o.paid_at from orders o
    where o.paid_at > (select paid_until - interval '1 minute' from invoicing) and o.status = 'paid' and not o.probe
      and o.id <> all($2::uuid[])
      and not exists (select from documents d where d.order_id = o.id and d.kind = 'invoice' offset 0)
    order by o.paid_at, o.id limit $1
) as found
"""
# What the last looks have passed by, as it could not be written then: since documents are made, within a week.
_MISSING = """
select coalesce(array_agg(found.id order by found.paid_at, found.id), '{}') as ids, now() as at
from (
    select o.id, o.paid_at from orders o
    where o.paid_at > greatest(now() - interval '7 days', (select since from invoicing))
      and o.paid_at < now() - interval '2 minutes' and o.status = 'paid' and not o.probe
      and o.id <> all($2::uuid[])
      and not exists (select from documents d where d.order_id = o.id and d.kind = 'invoice' offset 0)
    order by o.paid_at, o.id limit $1
) as found
"""
_LOCK = f"""
select {COLUMNS} from orders o where o.id = any($1::uuid[]) and o.status = 'paid' and not o.probe
order by o.id for update of o
"""
# The series of $2, with the year of the shop's day in the place of {year}.
_WRITE = """
with dated as (
    select (now() at time zone $3)::date as day, replace($2, '{year}', to_char(now() at time zone $3, 'YYYY')) as series
), wanted as (
    select w.*, row_number() over (order by w.place) as nth
    from jsonb_to_recordset($1) as w (
        place int, id uuid, order_id uuid, kind text, refund_id uuid, invoice_id uuid, language text, content jsonb
    )
    -- Each kind has an index of its own; `offset 0` as above.
    where not case w.kind
        when 'invoice' then exists (
            select from documents d where d.kind = 'invoice' and d.order_id = w.order_id offset 0
        )
        when 'reversal' then exists (
            select from documents d where d.kind = 'reversal' and d.refund_id = w.refund_id offset 0
        )
        else exists (
            select from documents d where d.kind = 'credit_note' and d.refund_id = w.refund_id offset 0
        ) end
), counted as (
    insert into document_series as s (series, last)
    select dated.series, count(*) from wanted, dated group by dated.series
    on conflict (series) do update set last = s.last + excluded.last
    returning last
)
insert into documents (
    id, order_id, kind, refund_id, invoice_id, series, seq, issued_on, language, currency, total, tax, content
)
select wanted.id, wanted.order_id, wanted.kind, wanted.refund_id, wanted.invoice_id, dated.series,
       counted.last - (select count(*) from wanted) + wanted.nth, dated.day, wanted.language,
       wanted.content ->> 'currency', (wanted.content ->> 'total')::bigint, (wanted.content ->> 'tax')::bigint,
       wanted.content
from wanted, dated, counted
returning id
"""
_COLUMNS = "id, order_id, kind, refund_id, invoice_id, number, issued_at, issued_on, language, content"
_OF_ORDER = f"select {_COLUMNS} from documents where order_id = $1 order by issued_at, id limit $2"
_ONE = f"select {_COLUMNS} from documents where order_id = $1 and id = $2"
_CANCELLED = "select position, cancelled from line_progress where order_id = $1 and cancelled > 0"

# An order has one invoice; its refunds are bounded by its total, and by payments' own limit.
MOST = 500


class Document(msgspec.Struct, frozen=True):
    """A document as it was written."""

    id: UUID
    order_id: UUID
    kind: str
    refund_id: UUID | None
    invoice_id: UUID | None
    number: str
    issued_at: datetime
    issued_on: date
    language: str
    content: Content


class NewDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A document that has no number yet."""

    id: UUID
    order_id: UUID
    kind: str
    refund_id: UUID | None = None
    invoice_id: UUID | None = None
    language: str
    content: Content


class Series(msgspec.Struct, frozen=True):
    """Where numbers come from: a name, in which {year} is the shop's year, and the shop's time zone."""

    name: str
    time_zone: str


class Uninvoiced(msgspec.Struct, frozen=True):
    """Orders that were paid and have no invoice, as of a moment."""

    ids: list[UUID]
    at: datetime


async def uninvoiced(tx: ReadTx, limit: int, failed: Sequence[UUID]) -> Uninvoiced:
    """The first so many orders that were paid of late and have no invoice, without those that failed."""
    found = await tx.row(Uninvoiced, _UNINVOICED, limit, failed)
    assert found is not None  # noqa: S101 -- an aggregate always returns a row
    return found


async def missing(tx: ReadTx, limit: int, failed: Sequence[UUID]) -> Uninvoiced:
    """The first so many orders of the last week that still have no invoice, without those that failed."""
    found = await tx.row(Uninvoiced, _MISSING, limit, failed)
    assert found is not None  # noqa: S101 -- an aggregate always returns a row
    return found


async def looked_until(tx: WriteTx, moment: datetime) -> None:
    """Every order that was paid and committed before this moment has been looked at."""
    await tx.execute("update invoicing set paid_until = $1 where paid_until < $1", moment)


async def lock_paid(tx: WriteTx, order_ids: Sequence[UUID]) -> list[Order]:
    """Those of the orders that are paid, which stay as they are until `tx` ends; in the order of their ids."""
    return await tx.rows(order_of, _LOCK, order_ids)


async def write(tx: WriteTx, wanted: Sequence[NewDocument], series: Series) -> int:
    """Number and write those of the documents that are not there yet; how many. The caller has their orders locked.

    Raises:
        asyncpg.CheckViolationError: a document's sums are not those of its order, or of its invoice.
    """
    rows = [{"place": place, **msgspec.to_builtins(each)} for place, each in enumerate(wanted)]
    return await tx.execute(_WRITE, rows, series.name, series.time_zone)


async def of_order(tx: ReadTx, order_id: UUID) -> list[Document]:
    """The documents of an order, the oldest first."""
    return await tx.rows(_document, _OF_ORDER, order_id, MOST)


async def invoice_number(tx: ReadTx, order_id: UUID) -> str | None:
    """The number of its invoice, if it was written."""
    sql = "select number from documents where order_id = $1 and kind = 'invoice'"
    number: str | None = await tx.value(sql, order_id)
    return number


async def find(tx: ReadTx, order_id: UUID, document_id: UUID) -> Document | None:
    """A document of an order."""
    return await tx.row(_document, _ONE, order_id, document_id)


async def cancelled_pieces(tx: ReadTx, order_id: UUID) -> dict[int, int]:
    """Pieces of an order that are not sent any more, by the position of their line."""
    rows: list[dict[str, int]] = await tx.rows(dict, _CANCELLED, order_id)
    return {row["position"]: row["cancelled"] for row in rows}


def _document(*, content: Any, **columns: Any) -> Document:
    return Document(**columns, content=msgspec.convert(content, Content))

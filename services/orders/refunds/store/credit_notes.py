"""Refunds that have no credit note."""

from __future__ import annotations

from uuid import UUID

from chassis.db import ReadTx

# Of orders that were paid since documents are made, within a week; by id.
_MISSING = """
select coalesce(array_agg(found.id order by found.id), '{}')
from (
    select r.id from refunds r join orders o on o.id = r.order_id
    where r.id > $1 and r.status = 'refunded'
      and greatest(r.accepted_at, r.failed_at) > now() - interval '7 days'
      and o.status = 'paid' and not o.probe and o.paid_at > (select since from invoicing)
      and not exists (select from documents d where d.refund_id = r.id and d.kind = 'credit_note')
    order by r.id limit $2
) as found
"""


async def missing(tx: ReadTx, after: UUID, limit: int) -> list[UUID]:
    """The ids of the first so many after this one."""
    found: list[UUID] = await tx.value(_MISSING, after, limit)
    return found

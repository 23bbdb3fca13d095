"""SQL of declines."""

from __future__ import annotations

from uuid import UUID

from chassis.db import WriteTx
from payments.declines.domain import Declines

# One at a time for an address: the last of many at once counts all others.
_LOCK = """
select pg_advisory_xact_lock(hashtextextended(encode(address, 'hex'), 0))
from payments where id = $1 and address is not null
"""
_NOTE = """
insert into payment_declines (payment_id, reference, address)
select id, $2, address from payments where id = $1
on conflict do nothing
"""
_COUNT = """
select (select count(*) from payment_declines d where d.payment_id = p.id) as of_order,
       (select count(*) from payment_declines d where d.address = p.address
        and d.declined_at > now() - interval '1 hour') as of_address
from payments p where id = $1
"""
_DELETE_OLD = """
delete from payment_declines where (payment_id, reference) in (
    select payment_id, reference from payment_declines where declined_at < now() - interval '30 days' limit $1
    for update skip locked
)
"""


async def note(tx: WriteTx, payment_id: UUID, reference: str) -> Declines:
    """Store a decline, each once; how many there are with it."""
    await tx.execute(_LOCK, payment_id)
    await tx.execute(_NOTE, payment_id, reference[:255])
    counted = await tx.row(Declines, _COUNT, payment_id)
    assert counted is not None, "payments are never deleted"  # noqa: S101 -- narrows the type
    return counted


async def delete_old(tx: WriteTx, limit: int) -> int:
    """Delete declines of a month ago; how many."""
    return await tx.execute(_DELETE_OLD, limit)

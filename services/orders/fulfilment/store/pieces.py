"""What has become of the pieces of each line. The caller holds the order's lock."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from chassis.db import ReadTx, WriteTx
from orders.fulfilment.domain.pieces import Pieces, PiecesChange

_READ = """
select l.position, l.quantity as ordered, l.requires_shipping as ships, coalesce(p.cancelled, 0) as cancelled,
       coalesce(p.fulfilled, 0) as fulfilled, coalesce(p.in_return, 0) as in_return, coalesce(p.returned, 0) as returned
from order_lines l left join line_progress p using (order_id, position)
where l.order_id = $1 order by l.position
"""
# No `on conflict`: that checks the row to be inserted first, which may take from counts that are there.
_CHANGE = """
merge into line_progress p
using (
    select order_id, position, l.quantity as ordered, c.cancelled, c.fulfilled, c.in_return, c.returned
    from unnest($2::smallint[], $3::integer[], $4::integer[], $5::integer[], $6::integer[])
         as c (position, cancelled, fulfilled, in_return, returned)
    join order_lines l using (position) where l.order_id = $1
) as c on p.order_id = c.order_id and p.position = c.position
when matched then update set cancelled = p.cancelled + c.cancelled, fulfilled = p.fulfilled + c.fulfilled,
    in_return = p.in_return + c.in_return, returned = p.returned + c.returned
when not matched then insert (order_id, position, ordered, cancelled, fulfilled, in_return, returned)
    values (c.order_id, c.position, c.ordered, c.cancelled, c.fulfilled, c.in_return, c.returned)
"""


async def pieces_of(tx: ReadTx, order_id: UUID) -> dict[int, Pieces]:
    """The lines of an order by their positions."""
    rows = await tx.rows(Pieces, _READ, order_id)
    return {line.position: line for line in rows}


async def change_pieces(tx: WriteTx, order_id: UUID, changes: Mapping[int, PiecesChange]) -> None:
    """Add to the counts of these lines.

    Raises:
        asyncpg.CheckViolationError: more than was ordered would be cancelled and sent, or more than was sent returned.
    """
    counts = [(each.cancelled, each.fulfilled, each.in_return, each.returned) for each in changes.values()]
    columns = [list(column) for column in zip(*counts, strict=True)]
    await tx.execute(_CHANGE, order_id, list(changes), *columns)

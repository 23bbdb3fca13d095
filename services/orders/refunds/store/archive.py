"""Whether an order was put away."""

from __future__ import annotations

from uuid import UUID

from chassis.db import WriteTx

_PUT = """
insert into order_progress (order_id, archived_at) values ($1, case when $2 then now() end)
on conflict (order_id) do update set archived_at = excluded.archived_at, updated_at = now()
"""


async def put(tx: WriteTx, order_id: UUID, *, away: bool) -> None:
    """Put it away, or take it out. The caller holds the order's lock."""
    await tx.execute(_PUT, order_id, away)

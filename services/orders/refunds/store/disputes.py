"""Disputes of orders' payments, each counted once."""

from __future__ import annotations

from uuid import UUID

from chassis.db import WriteTx

_OPEN = """
insert into order_disputes (dispute_id, order_id, amount, reason) values ($1, $2, $3, $4)
on conflict (dispute_id) do nothing
"""
# One that closes without having been told of counts all the same: opened and closed.
_CLOSE = """
with known as (select closed_at is null as open from order_disputes where dispute_id = $1),
closed as (
    insert into order_disputes (dispute_id, order_id, amount, reason, closed_at, outcome)
    values ($1, $2, $3, '', now(), $4)
    on conflict (dispute_id) do update set outcome = excluded.outcome,
        closed_at = coalesce(order_disputes.closed_at, excluded.closed_at)
    where order_disputes.outcome is distinct from excluded.outcome
    returning dispute_id
)
select coalesce((select open from known), false) as was_open, exists (select from closed) as changed
"""


async def opened(tx: WriteTx, dispute_id: str, order_id: UUID, amount: int, reason: str) -> bool:
    """Whether it is new. The caller holds the order's lock."""
    return await tx.execute(_OPEN, dispute_id[:255], order_id, amount, reason[:255]) == 1


async def closed(tx: WriteTx, dispute_id: str, order_id: UUID, amount: int, outcome: str) -> tuple[bool, bool]:
    """Whether it was open until now, and whether its outcome is news. The caller holds the order's lock."""
    row: dict[str, bool] | None = await tx.row(dict, _CLOSE, dispute_id[:255], order_id, amount, outcome)
    assert row is not None, "it returns one row"  # noqa: S101 -- narrows the type
    return row["was_open"], row["changed"]

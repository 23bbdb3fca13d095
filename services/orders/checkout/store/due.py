"""SQL of the orders that the sweep is to look at."""

from __future__ import annotations

from uuid import UUID

import msgspec

from chassis.db import WriteTx

# Whether `take_due` would find any.
ANY_DUE = "exists (select from orders where next_attempt_at <= now())"
_DUE = """
update orders set attempts = least(attempts + 1, 1000),
    next_attempt_at = now() + least(make_interval(secs => 5 * power(2, least(attempts, 5))), interval '60 seconds')
where id in (
    select id from orders where next_attempt_at <= now() order by next_attempt_at limit $1 for update skip locked
)
returning id, status
"""
_MAKE_DUE = """
update orders set next_attempt_at = now()
where id = any($1) and next_attempt_at is not null and status not in ('placed', 'pending_payment')
"""


class Due(msgspec.Struct, frozen=True):
    """An order that the sweep has taken up."""

    id: UUID
    status: str


async def take_due(tx: WriteTx, limit: int) -> list[Due]:
    """Orders that are due to be looked at, each for one caller; due again after 5 seconds, then later each time."""
    return await tx.rows(Due, _DUE, limit)


async def make_due(tx: WriteTx, order_ids: list[UUID]) -> None:
    """Have the sweep go on at once with those of the orders that wait for no shopper."""
    await tx.execute(_MAKE_DUE, order_ids)

"""SQL of the orders of guests, by e-mail address."""

from __future__ import annotations

from uuid import UUID

from chassis.db import WriteTx

_OF_GUESTS = """
from order_search s join orders o on o.id = s.order_id where s.email = $1 and o.account_id is null
"""
# An order that is being paid stays as it is: whose saved cards may pay it was decided when it was placed.
_ENDED = "o.status in ('paid', 'cancelled')"
_JOIN = f"""
with mine as (select o.id {_OF_GUESTS} and {_ENDED} order by o.id limit $3 for update of o)
, joined as (
    update orders set account_id = $2 from mine where orders.id = mine.id and orders.account_id is null
    returning orders.id
)
select coalesce(array_agg(id order by id), '{{}}') from joined
"""


async def join(tx: WriteTx, email: str, account_id: UUID, most: int) -> list[UUID]:
    """Give at most so many of a mailbox's orders that have ended to an account; which ones, the oldest first."""
    joined: list[UUID] = await tx.value(_JOIN, email, account_id, most)
    return joined


async def any_open(tx: WriteTx, email: str) -> bool:
    """Whether an order of a guest with this address has not ended."""
    return bool(await tx.value(f"select exists (select {_OF_GUESTS} and not {_ENDED})", email))

"""Lists of orders. Ids are in the order of time, so they are the key of every page."""

from __future__ import annotations

from uuid import UUID

from chassis.db import ReadTx
from orders.checkout.store.rows import COLUMNS, Order, order_of

# The greatest UUID: a list begins at its newest end.
_NEWEST = UUID(int=(1 << 128) - 1)

_OF_ACCOUNT = f"""
select {COLUMNS} from orders o where o.account_id = $1 and o.id < $2 order by o.id desc limit $3
"""


async def browse(tx: ReadTx, account_id: UUID, before: UUID | None, limit: int) -> list[Order]:
    """Orders of an account older than `before`, newest first."""
    return await tx.rows(order_of, _OF_ACCOUNT, account_id, before or _NEWEST, limit)

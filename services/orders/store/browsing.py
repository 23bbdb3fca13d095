"""Lists of orders. Ids are in the order of time, so they are the key of every page."""

from __future__ import annotations

from uuid import UUID

from chassis.db import ReadTx
from orders.store.orders import COLUMNS, Order, order_of

# The greatest UUID: a list begins at its newest end.
_NEWEST = UUID(int=(1 << 128) - 1)

_OF_ACCOUNT = f"""
select {COLUMNS} from orders o where o.account_id = $1 and o.id < $2 order by o.id desc limit $3
"""
_ALL = f"select {COLUMNS} from orders o where o.id < $1 order by o.id desc limit $2"
_NUMBERED = f"select {COLUMNS} from orders o where o.number = $3 and o.id < $1 limit $2"
_ATTENTION = f"""
select {COLUMNS} from orders o where o.attention is not null and o.id < $1 order by o.id desc limit $2
"""


async def of_account(tx: ReadTx, account_id: UUID, before: UUID | None, limit: int) -> list[Order]:
    """A customer's orders, newest first."""
    return await tx.rows(order_of, _OF_ACCOUNT, account_id, before or _NEWEST, limit)


async def for_staff(
    tx: ReadTx, before: UUID | None, limit: int, *, number: str | None, account_id: UUID | None, attention: bool
) -> list[Order]:
    """All orders, newest first; or those of one number, of one account, or that need somebody."""
    if number is not None:
        return await tx.rows(order_of, _NUMBERED, before or _NEWEST, limit, number)
    if account_id is not None:
        return await of_account(tx, account_id, before, limit)
    return await tx.rows(order_of, _ATTENTION if attention else _ALL, before or _NEWEST, limit)

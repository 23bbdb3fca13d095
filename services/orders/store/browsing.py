"""Lists of orders. Ids are in the order of time, so they are the key of every page."""

from __future__ import annotations

from uuid import UUID

from chassis.db import ReadTx
from orders.store.orders import COLUMNS, Order, order_of

# The greatest UUID: a list begins at its newest end.
_NEWEST = UUID(int=(1 << 128) - 1)

_PAGE = "and o.id < $1 order by o.id desc limit $2"
_ALL = f"select {COLUMNS} from orders o where true {_PAGE}"
_NUMBERED = f"select {COLUMNS} from orders o where o.number = $3 {_PAGE}"
_OF_ACCOUNT = f"select {COLUMNS} from orders o where o.account_id = $3 {_PAGE}"
_ATTENTION = f"select {COLUMNS} from orders o where o.attention is not null {_PAGE}"


async def browse(
    tx: ReadTx, before: UUID | None, limit: int, *, number: str | None, account_id: UUID | None, attention: bool
) -> list[Order]:
    """Orders older than `before`, newest first: those of one number, or of one account, or that need attention."""
    page = before or _NEWEST, limit
    if number is not None:
        return await tx.rows(order_of, _NUMBERED, *page, number)
    if account_id is not None:
        return await tx.rows(order_of, _OF_ACCOUNT, *page, account_id)
    return await tx.rows(order_of, _ATTENTION if attention else _ALL, *page)

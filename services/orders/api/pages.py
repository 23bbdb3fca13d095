"""Pages of orders, newest first; an order's id is the position of its page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

from chassis.web import Page, PageParams, pagination
from orders.api.order_models import OrderView
from orders.store.orders import Order

V = TypeVar("V", bound=OrderView)


async def page_of(
    view: type[V], page: PageParams, read: Callable[[UUID | None, int], Awaitable[list[Order]]]
) -> Page[V]:
    """The page of what `read` lists after an order. One order more is read: with it there is a next page."""
    before = pagination.decode(page.cursor, tuple[UUID])[0] if page.cursor else None
    orders = await read(before, page.limit + 1)
    shown = orders[: page.limit]
    cursor = pagination.encode((shown[-1].id,)) if len(orders) > page.limit else None
    return Page(items=[view.of(order) for order in shown], next_cursor=cursor)

"""Answers that are more than one model: a placed order, and a page of orders."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from fastapi import Response

from chassis.web import IdempotentResponse, Page, PageParams, pagination
from chassis.web.idempotency import as_response
from orders.checkout.api.models import OrderView
from orders.checkout.api.payment_models import PlacedOrder
from orders.checkout.store.rows import Order
from orders.checkout.usecases.prepare_order import PayableOrder
from orders.shoppers import OrderTokens

V = TypeVar("V", bound=OrderView)


def placed_response(placed: PayableOrder) -> Response:
    """201; it is stored under the request's idempotency key, so it holds no token."""
    headers = {"Location": f"/api/v1/orders/{placed.order.id}"}
    return as_response(IdempotentResponse(201, PlacedOrder.of(placed), headers))


def with_order_token(tokens: OrderTokens, response: Response) -> Response:
    """The same answer, first or replayed, with the guest's token, which is derived and never stored with it."""
    if response.status_code != 201:
        return response
    # The parts stay as they were encoded.
    body: dict[str, Any] = msgspec.json.decode(bytes(response.body), type=dict[str, msgspec.Raw])
    body["order_token"] = tokens.token(UUID(response.headers["location"].rpartition("/")[2]))
    headers = {name: value for name, value in response.headers.items() if name != "content-length"}
    return Response(msgspec.json.encode(body), 201, headers)


async def page_of(
    view: type[V], page: PageParams, read: Callable[[UUID | None, int], Awaitable[list[Order]]]
) -> Page[V]:
    """The page of what `read` lists after an order. One order more is read: if it is there, there is a next page."""
    before = pagination.decode(page.cursor, tuple[UUID])[0] if page.cursor else None
    orders = await read(before, page.limit + 1)
    shown = orders[: page.limit]
    cursor = pagination.encode((shown[-1].id,)) if len(orders) > page.limit else None
    return Page(items=[view.of(order) for order in shown], next_cursor=cursor)

"""The answer to a request that places an order."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from fastapi import Response

from chassis.web import IdempotentResponse
from chassis.web.idempotency import as_response
from orders.api.order_models import PlacedOrder
from orders.tokens import OrderTokens
from orders.usecases.prepare_order import PayableOrder


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

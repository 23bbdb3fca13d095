"""Orders for shoppers.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from functools import partial
from uuid import UUID

from fastapi import APIRouter, Response

from chassis.auth import CurrentPrincipal
from chassis.problems import Invalid, NotFound, Unavailable, responses
from chassis.web import IDEMPOTENCY_PROBLEMS, IdempotencyKey, Page, Paged
from orders import problems
from orders.checkout.api.answers import page_of, placed_response, with_order_token
from orders.checkout.api.models import OrderView
from orders.checkout.api.payment_models import OrderPayment, PlacedOrderWithToken
from orders.checkout.api.requests import NewOrderRequest
from orders.checkout.usecases.cancel_order import cancel_order
from orders.checkout.usecases.list_orders import list_orders
from orders.checkout.usecases.place_order import place_order
from orders.checkout.usecases.show_order import owned_order
from orders.checkout.usecases.show_payment import show_payment
from orders.context import Ctx
from orders.pricing import ShippingNotOffered
from orders.shoppers import (
    CHECKOUT,
    CHECKOUT_ADDRESS,
    CODE_MISSES,
    LOOKUP,
    LOOKUP_ADDRESS,
    MISSES,
    CurrentShopper,
    CurrentViewer,
    OrderTokens,
)

router = APIRouter(prefix="/api/v1/orders", tags=["orders"])


@router.post(
    "",
    status_code=201,
    summary="Place an order",
    operation_id="place_order",
    dependencies=[CHECKOUT_ADDRESS, CHECKOUT, MISSES, CODE_MISSES],
    response_model=PlacedOrderWithToken,
    responses=responses(
        *IDEMPOTENCY_PROBLEMS,
        Invalid,
        Unavailable,
        *(problems.CartNotFound, problems.CartEmpty, problems.CartChanged, problems.CartOrdered, problems.OutOfStock),
        *(problems.UnknownVariant, problems.TotalNotPayable, problems.PaymentRefused, problems.PriceChanged),
        *(problems.HoldLimit, problems.WeakIdempotencyKey, problems.DiscountRejected, ShippingNotOffered),
        *(problems.PaymentMethodNotOffered, problems.TooManyDeclines),
    ),
)
async def place(body: NewOrderRequest, key: IdempotencyKey, ctx: Ctx, shopper: CurrentShopper) -> Response:
    """Of the given lines, or of the cart. Stock is held and the payment opened; prices are the shop's, never yours.

    Sent again with the same key, it answers the same: also after the price has changed, from another network, or, for a
    guest, after signing in. A guest's key is a secret of at least 128 random bits, such as a fresh UUID. `out-of-stock`
    is a lasting answer: order anew with a new key. `price-changed` tells what it costs now and orders nothing: order
    with the new `expected_total` and a new key. `cart-ordered`: this cart is an order already, which can be paid, or
    cancelled to have the cart back. `hold-limit` orders nothing either: pay or cancel what is open, then
    send it again.
    """
    response, is_guest = await place_order(ctx, shopper, key, body.order_request, placed_response)
    return with_order_token(ctx.get(OrderTokens), response) if is_guest else response


@router.get(
    "", summary="Your orders, newest first", operation_id="list_own_orders", dependencies=[LOOKUP_ADDRESS, LOOKUP]
)
async def list_own(ctx: Ctx, principal: CurrentPrincipal, page: Paged) -> Page[OrderView]:
    """Those of the signed-in account."""
    return await page_of(OrderView, page, partial(list_orders, ctx, principal.account_id))


@router.get(
    "/{order_id}",
    summary="An order",
    dependencies=[LOOKUP_ADDRESS, LOOKUP, MISSES],
    responses=responses(NotFound),
)
async def read_order(order_id: UUID, ctx: Ctx, viewer: CurrentViewer) -> OrderView:
    """Of the signed-in account; a guest's by `Order-Token`. Anything else is a 404."""
    return OrderView.of(await owned_order(ctx, viewer, order_id))


@router.get(
    "/{order_id}/payment",
    summary="What is needed to pay an order",
    operation_id="read_order_payment",
    dependencies=[LOOKUP_ADDRESS, LOOKUP, MISSES],
    responses=responses(NotFound, Unavailable),
)
async def read_payment(order_id: UUID, ctx: Ctx, viewer: CurrentViewer) -> OrderPayment:
    """To go on paying after a reload, or when POST /api/v1/orders answered without a payment."""
    return OrderPayment.of(await show_payment(ctx, viewer, order_id))


@router.post(
    "/{order_id}/cancel",
    summary="Cancel an order",
    operation_id="cancel_order",
    dependencies=[LOOKUP_ADDRESS, LOOKUP, MISSES],
    responses=responses(NotFound, problems.OrderNotCancellable),
)
async def cancel(order_id: UUID, ctx: Ctx, viewer: CurrentViewer) -> OrderView:
    """Until its payment is authorised. What is on hold is given back in a moment; see `status`."""
    return OrderView.of(await cancel_order(ctx, viewer, order_id))

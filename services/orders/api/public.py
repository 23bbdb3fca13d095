"""Carts and orders for shoppers.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from functools import partial
from uuid import UUID

from fastapi import APIRouter, Response

from chassis.auth import CurrentPrincipal
from chassis.problems import (
    IdempotencyKeyReused,
    IdempotencyKeyRunning,
    Invalid,
    MissingIdempotencyKey,
    NotFound,
    Unavailable,
    responses,
)
from chassis.web import IdempotencyKey, Page, Paged
from orders import problems
from orders.api.answers import page_of, placed_response, with_order_token
from orders.api.cart_models import CartView, CreatedCart, MergedCart
from orders.api.limits import (
    CART,
    CART_ADDRESS,
    CHECKOUT,
    CHECKOUT_ADDRESS,
    LINK_ADDRESS,
    LOOKUP,
    LOOKUP_ADDRESS,
    MISSES,
    NEW_CART,
    NEW_CART_DAY,
)
from orders.api.order_models import LookupTaken, OrderPayment, OrderView, PlacedOrderWithToken
from orders.api.requests import NewCart, NewOrderRequest, OrderLookup, PutLine
from orders.api.shoppers import CurrentShopper, CurrentViewer
from orders.context import Ctx
from orders.tokens import OrderTokens
from orders.usecases.cancel_order import cancel_order
from orders.usecases.create_cart import create_cart
from orders.usecases.list_orders import list_orders
from orders.usecases.look_up_order import ask_for_link
from orders.usecases.merge_carts import merge_carts
from orders.usecases.place_order import place_order
from orders.usecases.put_cart_line import put_cart_line
from orders.usecases.remove_cart_line import remove_cart_line
from orders.usecases.show_cart import show_cart
from orders.usecases.show_order import owned_order
from orders.usecases.show_payment import show_payment

cart = APIRouter(prefix="/api/v1/cart", tags=["cart"])
orders = APIRouter(prefix="/api/v1/orders", tags=["orders"])


@cart.post(
    "",
    status_code=201,
    summary="Begin a guest's cart",
    dependencies=[CART_ADDRESS, NEW_CART, NEW_CART_DAY],
)
async def begin_cart(ctx: Ctx, new: NewCart | None = None) -> CreatedCart:
    """Answers the cart's secret token, once. An account needs none: its cart comes with its first line."""
    return CreatedCart.of(await create_cart(ctx, new.currency if new else None))


@cart.get(
    "",
    summary="The cart at today's prices",
    dependencies=[CART_ADDRESS, CART, MISSES],
    responses=responses(problems.CartNotFound, Unavailable),
)
async def read_cart(ctx: Ctx, shopper: CurrentShopper) -> CartView:
    """The account's; a guest's by `Cart-Token`."""
    return CartView.of(await show_cart(ctx, shopper))


@cart.put(
    "/lines/{variant_id}",
    summary="Set how many pieces are wanted",
    operation_id="set_cart_line",
    dependencies=[CART_ADDRESS, CART, MISSES],
    responses=responses(problems.CartNotFound, problems.CartFull, problems.UnknownVariant, Invalid, Unavailable),
)
async def set_line(variant_id: UUID, line: PutLine, ctx: Ctx, shopper: CurrentShopper) -> CartView:
    """Sets the quantity, however often it is sent. Answers the cart."""
    return CartView.of(await put_cart_line(ctx, shopper, variant_id, line.quantity))


@cart.delete(
    "/lines/{variant_id}",
    status_code=204,
    summary="Take an article out",
    operation_id="remove_cart_line",
    dependencies=[CART_ADDRESS, CART, MISSES],
    responses=responses(problems.CartNotFound),
)
async def remove_line(variant_id: UUID, ctx: Ctx, shopper: CurrentShopper) -> None:
    """What is not in the cart is as good as taken out."""
    await remove_cart_line(ctx, shopper, variant_id)


@cart.post(
    "/merge",
    summary="Bring a guest's cart into the account's",
    operation_id="merge_carts",
    dependencies=[CART_ADDRESS, CART, MISSES],
    responses=responses(problems.CartNotFound, problems.CartChanged, Unavailable),
)
async def merge(ctx: Ctx, principal: CurrentPrincipal, shopper: CurrentShopper) -> MergedCart:
    """After sign-in, with the guest's `Cart-Token`. Of an article in both, the greater quantity stays.

    What does not fit stays in the guest's cart and is named in `not_merged`: its token is good for that, and it can be
    merged again once there is room. Otherwise the guest's cart is used up. Sent again, it doubles nothing.
    """
    return MergedCart.merged(*await merge_carts(ctx, principal.account_id, shopper.cart_token))


@orders.post(
    "",
    status_code=201,
    summary="Place an order",
    operation_id="place_order",
    dependencies=[CHECKOUT_ADDRESS, CHECKOUT, MISSES],
    response_model=PlacedOrderWithToken,
    responses=responses(
        *(MissingIdempotencyKey, IdempotencyKeyReused, IdempotencyKeyRunning, Invalid, Unavailable),
        *(problems.CartNotFound, problems.CartEmpty, problems.CartChanged, problems.CartOrdered, problems.OutOfStock),
        *(problems.UnknownVariant, problems.TotalNotPayable, problems.PaymentRefused, problems.PriceChanged),
        *(problems.HoldLimit, problems.WeakIdempotencyKey),
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


@orders.get(
    "", summary="Your orders, newest first", operation_id="list_own_orders", dependencies=[LOOKUP_ADDRESS, LOOKUP]
)
async def list_own(ctx: Ctx, principal: CurrentPrincipal, page: Paged) -> Page[OrderView]:
    """Those of the signed-in account."""
    return await page_of(OrderView, page, partial(list_orders, ctx, account_id=principal.account_id))


@orders.post(
    "/lookups",
    operation_id="look_up_order",
    status_code=202,
    summary="Have the link to an order mailed",
    dependencies=[LINK_ADDRESS],
)
async def look_up(lookup: OrderLookup, ctx: Ctx) -> LookupTaken:
    """By its number and e-mail address: if they belong together, a mail with a link that opens the order goes to that
    address. The answer is the same if not. At most one mail in ten minutes about an order.
    """
    await ask_for_link(ctx, lookup.number, lookup.email)
    return LookupTaken()


@orders.get(
    "/{order_id}",
    summary="An order",
    dependencies=[LOOKUP_ADDRESS, LOOKUP, MISSES],
    responses=responses(NotFound),
)
async def read_order(order_id: UUID, ctx: Ctx, viewer: CurrentViewer) -> OrderView:
    """Of the signed-in account; a guest's by `Order-Token`. Anything else is a 404."""
    return OrderView.of(await owned_order(ctx, viewer, order_id))


@orders.get(
    "/{order_id}/payment",
    summary="What is needed to pay an order",
    operation_id="read_order_payment",
    dependencies=[LOOKUP_ADDRESS, LOOKUP, MISSES],
    responses=responses(NotFound, Unavailable),
)
async def read_payment(order_id: UUID, ctx: Ctx, viewer: CurrentViewer) -> OrderPayment:
    """To go on paying after a reload, or when POST /api/v1/orders answered without a payment."""
    return OrderPayment.of(await show_payment(ctx, viewer, order_id))


@orders.post(
    "/{order_id}/cancel",
    summary="Cancel an order",
    operation_id="cancel_order",
    dependencies=[LOOKUP_ADDRESS, LOOKUP, MISSES],
    responses=responses(NotFound, problems.OrderNotCancellable),
)
async def cancel(order_id: UUID, ctx: Ctx, viewer: CurrentViewer) -> OrderView:
    """Until its payment is authorised. What is on hold is given back in a moment; see `status`."""
    return OrderView.of(await cancel_order(ctx, viewer, order_id))

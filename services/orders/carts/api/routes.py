"""Carts for shoppers.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from uuid import UUID

from fastapi import APIRouter

from chassis.auth import CurrentPrincipal
from chassis.problems import Invalid, Unavailable, responses
from orders import problems
from orders.carts.api.models import CartView, CreatedCart, MergedCart
from orders.carts.api.requests import NewCart, PutLine
from orders.carts.usecases.create_cart import create_cart
from orders.carts.usecases.merge_carts import merge_carts
from orders.carts.usecases.put_cart_line import put_cart_line
from orders.carts.usecases.remove_cart_line import remove_cart_line
from orders.carts.usecases.show_cart import show_cart
from orders.context import Ctx
from orders.shoppers import CART, CART_ADDRESS, MISSES, NEW_CART, NEW_CART_DAY, CurrentShopper

router = APIRouter(prefix="/api/v1/cart", tags=["cart"])


@router.post(
    "",
    status_code=201,
    summary="Begin a guest's cart",
    dependencies=[CART_ADDRESS, NEW_CART, NEW_CART_DAY],
)
async def begin_cart(ctx: Ctx, new: NewCart | None = None) -> CreatedCart:
    """Answers the cart's secret token, once. An account needs none: its cart comes with its first line."""
    return CreatedCart.of(await create_cart(ctx, new.currency if new else None))


@router.get(
    "",
    summary="The cart at today's prices",
    dependencies=[CART_ADDRESS, CART, MISSES],
    responses=responses(problems.CartNotFound, Unavailable),
)
async def read_cart(ctx: Ctx, shopper: CurrentShopper) -> CartView:
    """The account's; a guest's by `Cart-Token`."""
    return CartView.of(await show_cart(ctx, shopper))


@router.put(
    "/lines/{variant_id}",
    summary="Set how many pieces are wanted",
    operation_id="set_cart_line",
    dependencies=[CART_ADDRESS, CART, MISSES],
    responses=responses(problems.CartNotFound, problems.CartFull, problems.UnknownVariant, Invalid, Unavailable),
)
async def set_line(variant_id: UUID, line: PutLine, ctx: Ctx, shopper: CurrentShopper) -> CartView:
    """Sets the quantity, however often it is sent. Answers the cart."""
    return CartView.of(await put_cart_line(ctx, shopper, variant_id, line.quantity))


@router.delete(
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


@router.post(
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

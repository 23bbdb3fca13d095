"""Find the active cart of a shopper, or the unpaid order that was made of it."""

from __future__ import annotations

import msgspec

from orders.carts.store import carts, unpaid_orders
from orders.carts.store.carts import Cart
from orders.carts.store.unpaid_orders import UnpaidOrder
from orders.context import OrdersContext
from orders.problems import CartEmpty, CartNotFound, CartOrdered
from orders.quantities import VariantQuantity
from orders.shoppers import Shopper


async def find_cart(ctx: OrdersContext, shopper: Shopper) -> Cart | None:
    """None for an account that has none yet. One of a currency that the shop no longer sells in is of its default now.

    Raises:
        CartNotFound: a guest's token is missing, unknown, too old, or its cart is used up.
    """
    async with ctx.db.read() as tx:
        if shopper.account_id is not None:
            return in_sold_currency(ctx, await carts.of_account(tx, shopper.account_id))
        cart = await carts.of_guest(tx, shopper.cart_token) if shopper.cart_token else None
    if cart is None:
        raise CartNotFound(
            "It was ordered, merged or forgotten, or its token is wrong. Begin a new one: POST /api/v1/cart."
        )
    return in_sold_currency(ctx, cart)


def in_sold_currency(ctx: OrdersContext, cart: Cart | None) -> Cart | None:
    """The cart in a currency that the shop sells in; what its pieces cost when they were put in is then not known."""
    if cart is None or (currency := ctx.settings.still_sold(cart.currency)) == cart.currency:
        return cart
    lines = [msgspec.structs.replace(line, unit_price=None) for line in cart.lines]
    return msgspec.structs.replace(cart, currency=currency, lines=lines)


async def find_unpaid_order(ctx: OrdersContext, shopper: Shopper) -> UnpaidOrder | None:
    """The order of theirs that came from a cart and waits for payment."""
    async with ctx.db.read() as tx:
        if shopper.account_id is not None:
            return await unpaid_orders.of_account(tx, shopper.account_id)
        return await unpaid_orders.of_guest(tx, shopper.cart_token) if shopper.cart_token else None


async def cart_to_order(ctx: OrdersContext, shopper: Shopper) -> Cart:
    """The cart, with something in it.

    Raises:
        CartOrdered: it is an order already, which can be paid. CartNotFound, CartEmpty.
    """
    try:
        cart = await find_cart(ctx, shopper)
    except CartNotFound:
        await _refuse_ordered(ctx, shopper)
        raise
    if cart is None or not cart.lines:
        await _refuse_ordered(ctx, shopper)
    if cart is None:
        raise CartNotFound("Put something into your cart first, or send `lines`.")
    if not cart.lines:
        raise CartEmpty("Put something into the cart first.")
    return cart


async def _refuse_ordered(ctx: OrdersContext, shopper: Shopper) -> None:
    order = await find_unpaid_order(ctx, shopper)
    if order is not None:
        raise CartOrdered(
            f"Pay order {order.number}, or cancel it to have the cart back.",
            order_id=order.id,
            order_number=order.number,
            payable_until=order.expires_at,
        )


def quantities(cart: Cart) -> list[VariantQuantity]:
    """The variants of a cart and how many of each."""
    return [VariantQuantity(line.variant_id, line.quantity) for line in cart.lines]

"""The active cart of whoever asks."""

from __future__ import annotations

import msgspec

from orders.domain.pricing import Wanted
from orders.problems import CartNotFound
from orders.settings import OrdersContext
from orders.shopper import Shopper
from orders.store import carts
from orders.store.carts import Cart


async def find_cart(ctx: OrdersContext, shopper: Shopper) -> Cart | None:
    """None for an account that has none yet. One of a currency that the shop no longer sells in is of its default now.

    Raises:
        CartNotFound: a guest's token is missing, unknown, too old, or its cart is used up.
    """
    async with ctx.db.read() as tx:
        if shopper.account_id is not None:
            return sold(ctx, await carts.of_account(tx, shopper.account_id))
        cart = await carts.of_guest(tx, shopper.cart_token) if shopper.cart_token else None
    if cart is None:
        raise CartNotFound(
            "It was ordered, merged or forgotten, or its token is wrong. Begin a new one: POST /api/v1/cart."
        )
    return sold(ctx, cart)


def sold(ctx: OrdersContext, cart: Cart | None) -> Cart | None:
    """The cart in a currency that the shop sells in; what its pieces cost when they were put in is then not known."""
    if cart is None or cart.currency in ctx.settings.sold_in:
        return cart
    lines = [msgspec.structs.replace(line, unit_price=None) for line in cart.lines]
    return msgspec.structs.replace(cart, currency=ctx.settings.currency, lines=lines)


def wanted(cart: Cart) -> list[Wanted]:
    return [Wanted(line.variant_id, line.quantity) for line in cart.lines]

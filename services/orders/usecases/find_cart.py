"""The active cart of whoever asks."""

from __future__ import annotations

from orders.domain.pricing import Wanted
from orders.problems import CartNotFound
from orders.settings import OrdersContext
from orders.shopper import Shopper
from orders.store import carts
from orders.store.carts import Cart


async def find_cart(ctx: OrdersContext, shopper: Shopper) -> Cart | None:
    """None for an account that has none yet.

    Raises:
        CartNotFound: a guest's token is missing, unknown, too old, or its cart is used up.
    """
    async with ctx.db.read() as tx:
        if shopper.account_id is not None:
            return await carts.of_account(tx, shopper.account_id)
        cart = await carts.of_guest(tx, shopper.cart_token) if shopper.cart_token else None
    if cart is None:
        raise CartNotFound(
            "It was ordered, merged or forgotten, or its token is wrong. Begin a new one: POST /api/v1/cart."
        )
    return cart


def wanted(cart: Cart) -> list[Wanted]:
    return [Wanted(line.variant_id, line.quantity) for line in cart.lines]

"""Remove a variant from a cart."""

from __future__ import annotations

from uuid import UUID

from orders.carts.store import carts
from orders.carts.usecases.find_cart import find_cart
from orders.context import OrdersContext
from orders.shoppers import Shopper


async def remove_cart_line(ctx: OrdersContext, shopper: Shopper, variant_id: UUID) -> None:
    """What is not in it is as good as taken out. Raises CartNotFound."""
    cart = await find_cart(ctx, shopper)
    if cart is not None:
        async with ctx.db.write_one() as tx:
            await carts.remove_line(tx, cart.id, variant_id)

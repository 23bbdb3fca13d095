"""Create a cart for a guest."""

from __future__ import annotations

from chassis.values import uuid7
from orders import metrics, tokens
from orders.cart_views import CreatedCart
from orders.context import OrdersContext
from orders.store import carts


async def create_cart(ctx: OrdersContext, currency: str | None) -> CreatedCart:
    """A new, empty cart and its token, which is not kept and so cannot be told again.

    Raises:
        Invalid: the shop does not sell in the currency.
    """
    cart_id, token, currency = uuid7(), tokens.draw(), ctx.settings.sold(currency, "currency")
    async with ctx.db.write_one() as tx:
        expires_at = await carts.create_for_guest(tx, cart_id, tokens.hashed(token), currency)
    metrics.carts.inc("guest")
    return CreatedCart(id=cart_id, cart_token=token, currency=currency, expires_at=expires_at)

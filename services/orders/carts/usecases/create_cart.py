"""Create a cart for a guest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.values import uuid7
from orders.carts import metrics
from orders.carts.store import carts
from orders.context import OrdersContext
from orders.shoppers import hashed_token, new_token


@dataclass(frozen=True, slots=True)
class GuestCart:
    """A new, empty cart. Only the hash of its token is stored."""

    id: UUID
    cart_token: str
    currency: str
    expires_at: datetime


async def create_cart(ctx: OrdersContext, currency: str | None) -> GuestCart:
    """A cart in this currency, or in the shop's default.

    Raises:
        Invalid: the shop does not sell in the currency.
    """
    cart_id, token, currency = uuid7(), new_token(), ctx.settings.sold(currency, "currency")
    async with ctx.db.write_one() as tx:
        expires_at = await carts.create_for_guest(tx, cart_id, hashed_token(token), currency)
    metrics.carts.inc("guest")
    return GuestCart(cart_id, token, currency, expires_at)

"""Set how many units of a variant a cart holds."""

from __future__ import annotations

from uuid import UUID

import asyncpg
import msgspec

from chassis.db import WriteTx
from chassis.problems import FieldError
from chassis.values import uuid7
from orders import catalog_client
from orders.carts import metrics
from orders.carts.store import carts
from orders.carts.store.carts import Cart, CartLine
from orders.carts.usecases.find_cart import find_cart, find_unpaid_order, quantities
from orders.carts.usecases.show_cart import PricedCart, priced_cart
from orders.context import OrdersContext
from orders.problems import CartFull, CartNotFound, UnknownVariant
from orders.quantities import MAX_LINES, VariantQuantity
from orders.shoppers import Shopper


async def put_cart_line(ctx: OrdersContext, shopper: Shopper, variant_id: UUID, quantity: int) -> PricedCart:
    """The cart afterwards. An account's cart is made by its first line. The price of this moment is remembered.

    Raises:
        CartNotFound, CartFull.
        UnknownVariant: it is not sold, or not in the cart's currency.
        Unavailable: the catalog does not answer.
    """
    cart = await find_cart(ctx, shopper)
    currency = cart.currency if cart else ctx.settings.currency
    others = [line for line in quantities(cart) if line.variant_id != variant_id] if cart else []
    found = await catalog_client.quotes(ctx, [*others, VariantQuantity(variant_id, quantity)], currency)
    quotes = found.by_variant
    if variant_id not in quotes:
        field = FieldError("path.variant_id", f"This is not sold here, or not in {currency}", "unknown-variant")
        raise UnknownVariant("Choose another article.", errors=[field], variants=[variant_id])
    line = CartLine(variant_id, quantity, quotes[variant_id].unit_price)
    cart_id = await _put(ctx, shopper, cart, line, currency)
    if quantity > sum(known.quantity for known in (quantities(cart) if cart else ()) if known.variant_id == variant_id):
        metrics.additions.inc()
    order = await find_unpaid_order(ctx, shopper) if shopper.account_id else None
    return await priced_cart(ctx, _with(cart, cart_id, shopper, line, currency), found, order)


async def _put(ctx: OrdersContext, shopper: Shopper, cart: Cart | None, line: CartLine, currency: str) -> UUID:
    async def put(tx: WriteTx) -> UUID:
        cart_id = cart.id if cart else await _open(tx, shopper, currency)
        if not await carts.put_line(tx, cart_id, line.variant_id, line.quantity, line.unit_price or 0, currency):
            raise CartNotFound("It was just ordered or merged. Begin a new one.")
        return cart_id

    try:
        return await ctx.db.transact(put)
    except asyncpg.CheckViolationError:
        raise CartFull(f"A cart holds {MAX_LINES} different articles. Order these first, or take one out.") from None


async def _open(tx: WriteTx, shopper: Shopper, currency: str) -> UUID:
    assert shopper.account_id is not None, "a guest's cart is found or refused"  # noqa: S101 -- narrows the type
    return (await carts.open_for_account(tx, uuid7(), shopper.account_id, currency)).id


def _with(cart: Cart | None, cart_id: UUID, shopper: Shopper, line: CartLine, currency: str) -> Cart:
    """The cart as it is now, without reading it again."""
    if cart is None:
        return Cart(cart_id, shopper.account_id, currency, 1, None, [line])
    lines = list(cart.lines)
    places = {known.variant_id: place for place, known in enumerate(lines)}
    if line.variant_id in places:
        lines[places[line.variant_id]] = line
    else:
        lines.append(line)
    return msgspec.structs.replace(cart, lines=lines)

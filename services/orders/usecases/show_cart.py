"""A cart with what its articles cost and how many there are now."""

from __future__ import annotations

from uuid import UUID

from orders import clients
from orders.clients import Quote
from orders.domain.pricing import totals
from orders.settings import OrdersContext
from orders.shopper import Shopper
from orders.store.carts import Cart, CartLine
from orders.usecases.find_cart import find_cart, wanted
from orders.views import CartLineView, CartView, UnavailableLine


async def show_cart(ctx: OrdersContext, shopper: Shopper) -> CartView:
    """Raises CartNotFound, Unavailable."""
    return await quoted(ctx, await find_cart(ctx, shopper))


async def quoted(ctx: OrdersContext, cart: Cart | None) -> CartView:
    """The cart at today's prices. None: an account without one.

    Raises:
        Unavailable: the catalog does not answer.
    """
    if cart is None or not cart.lines:
        return view(ctx, cart, {})
    found = await clients.quotes(ctx, wanted(cart), cart.currency)
    return view(ctx, cart, {quote.variant_id: quote for quote in found.lines})


def view(ctx: OrdersContext, cart: Cart | None, quotes: dict[UUID, Quote]) -> CartView:
    """The cart by these quotes; what has none is unavailable. Shipping counts once there is something to ship."""
    currency = cart.currency if cart else ctx.settings.currency
    lines = cart.lines if cart else []
    sold = [line for line in lines if line.variant_id in quotes]
    ships = any(quotes[line.variant_id].requires_shipping for line in sold)
    prices = {variant_id: quote.unit_price for variant_id, quote in quotes.items()}
    sums = totals(
        [line_wanted for line_wanted in wanted(cart) if line_wanted.variant_id in quotes] if cart else [],
        prices,
        ctx.settings.shipping(currency, ships=ships),
        currency,
    )
    return CartView(
        id=cart.id if cart else None,
        currency=currency,
        lines=[_line(line, quotes[line.variant_id]) for line in sold],
        unavailable=[
            UnavailableLine(variant_id=line.variant_id, quantity=line.quantity)
            for line in lines
            if line.variant_id not in quotes
        ],
        subtotal=sums.subtotal.amount,
        shipping=sums.shipping.amount,
        rounding=sums.rounding.amount,
        total=sums.total.amount,
        requires_shipping=ships,
        expires_at=cart.expires_at if cart else None,
    )


def _line(line: CartLine, quote: Quote) -> CartLineView:
    changed = line.unit_price is not None and line.unit_price != quote.unit_price
    return CartLineView(
        variant_id=line.variant_id,
        quantity=line.quantity,
        sku=quote.sku,
        title=quote.title,
        variant_title=quote.variant_title or "",
        slug=quote.slug,
        image_url=quote.image_url,
        unit_price=quote.unit_price,
        previous_unit_price=line.unit_price if changed else None,
        total=quote.unit_price * line.quantity,
        available=quote.available,
        requires_shipping=quote.requires_shipping,
    )

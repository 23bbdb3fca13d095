"""Show a cart with today's prices and stock."""

from __future__ import annotations

from typing import Any

import msgspec

from chassis.values import Money
from chassis.web import MoneyModel, SignedMoney
from orders import clients
from orders.cart_views import CartLineView, CartView, UnavailableLine
from orders.clients import Quote, Quotes, Unsold
from orders.context import OrdersContext
from orders.domain.pricing import totals
from orders.problems import CartNotFound
from orders.shopper import Shopper
from orders.store.carts import Cart, CartLine
from orders.store.waiting import Waiting
from orders.tokens import OrderTokens
from orders.usecases.find_cart import find_cart, find_waiting, wanted


class Contents(msgspec.Struct, frozen=True):
    """A cart (None: an account without one), what the catalog says of its lines, and the order that is to be paid."""

    cart: Cart | None
    quotes: Quotes = Quotes([], [])
    waiting: Waiting | None = None


async def show_cart(ctx: OrdersContext, shopper: Shopper) -> CartView:
    """Raises CartNotFound, Unavailable."""
    try:
        cart = await find_cart(ctx, shopper)
    except CartNotFound:
        order = await find_waiting(ctx, shopper)
        if order is None:
            raise
        return view(ctx, Contents(None, waiting=order))
    return await quoted(ctx, cart, await find_waiting(ctx, shopper) if shopper.account_id else None)


async def quoted(ctx: OrdersContext, cart: Cart | None, order: Waiting | None) -> CartView:
    """The cart at today's prices. None: an account without one.

    Raises:
        Unavailable: the catalog does not answer.
    """
    if cart is None or not cart.lines:
        return view(ctx, Contents(cart, waiting=order))
    return view(ctx, Contents(cart, await clients.quotes(ctx, wanted(cart), cart.currency), order))


def view(ctx: OrdersContext, of: Contents) -> CartView:
    """The cart by these quotes; what has none is unavailable. Shipping counts once there is something to ship."""
    cart, order = of.cart, of.waiting
    currency = cart.currency if cart else order.currency if order else ctx.settings.currency
    lines, quotes = cart.lines if cart else [], of.quotes.by_variant
    unsold = {one.variant_id: one for one in of.quotes.unsold}
    sold = [line for line in lines if line.variant_id in quotes]
    ships = any(quotes[line.variant_id].requires_shipping for line in sold)
    prices = {variant_id: quote.unit_price for variant_id, quote in quotes.items()}
    sums = totals(
        [line_wanted for line_wanted in wanted(cart) if line_wanted.variant_id in quotes] if cart else [],
        prices,
        ctx.settings.shipping(currency, ships=ships),
        currency,
    )
    ordered = order.cart_id if order and order.token_hash else None
    return CartView(
        id=cart.id if cart else ordered,
        currency=currency,
        lines=[_line(line, quotes[line.variant_id], currency) for line in sold],
        unavailable=[_lost(line, unsold.get(line.variant_id)) for line in lines if line.variant_id not in quotes],
        subtotal=MoneyModel.of(sums.subtotal),
        shipping=MoneyModel.of(sums.shipping),
        rounding=SignedMoney.of(sums.rounding),
        total=MoneyModel.of(sums.total),
        requires_shipping=ships,
        expires_at=cart.expires_at if cart else None,
        **_pointer(ctx, order),
    )


def _pointer(ctx: OrdersContext, order: Waiting | None) -> dict[str, Any]:
    """Which order is to be paid, and a guest's key to it: who holds the token of its cart placed it."""
    if order is None:
        return {}
    token = ctx.get(OrderTokens).known(order.id, order.token_hash)
    return {
        "order_id": order.id,
        "order_number": order.number,
        "payable_until": order.expires_at,
        "order_token": token,
    }


def _lost(line: CartLine, known: Unsold | None) -> UnavailableLine:
    return UnavailableLine.model_validate(
        {
            **dict.fromkeys(("sku", "title", "variant_title", "slug", "image_url")),
            "reason": "unknown",
            **(msgspec.structs.asdict(known) | {"variant_title": known.variant_title or ""} if known else {}),
            "variant_id": line.variant_id,
            "quantity": line.quantity,
        }
    )


def _line(line: CartLine, quote: Quote, currency: str) -> CartLineView:
    price = Money(quote.unit_price, currency)
    before = None if line.unit_price in {None, quote.unit_price} else line.unit_price
    return CartLineView(
        variant_id=line.variant_id,
        quantity=line.quantity,
        sku=quote.sku,
        title=quote.title,
        variant_title=quote.variant_title or "",
        slug=quote.slug,
        image_url=quote.image_url,
        unit_price=MoneyModel.of(price),
        previous_unit_price=None if before is None else MoneyModel(amount=before, currency=currency),
        total=MoneyModel.of(price.times(line.quantity)),
        available=quote.available,
        requires_shipping=quote.requires_shipping,
    )

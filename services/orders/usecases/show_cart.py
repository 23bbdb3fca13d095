"""Show a cart with today's prices and stock."""

from __future__ import annotations

from dataclasses import dataclass

from orders import clients
from orders.clients import Quotes
from orders.context import OrdersContext
from orders.domain.pricing import Totals, totals
from orders.domain.shopper import Shopper
from orders.problems import CartNotFound
from orders.store.carts import Cart
from orders.store.unpaid_orders import UnpaidOrder
from orders.tokens import OrderTokens
from orders.usecases.find_cart import find_cart, find_unpaid_order, quantities

_NO_QUOTES = Quotes([], [])


@dataclass(frozen=True, slots=True)
class PricedCart:
    """A cart with the catalog's quotes of its lines. `cart`: None for an account without one.

    `unpaid_order`: this shopper's order that waits for payment; `order_token`: a guest's key to it. `totals`: of the
    lines that have a quote; shipping counts where `requires_shipping`.
    """

    cart: Cart | None
    quotes: Quotes
    unpaid_order: UnpaidOrder | None
    currency: str
    totals: Totals
    requires_shipping: bool
    order_token: str | None


async def show_cart(ctx: OrdersContext, shopper: Shopper) -> PricedCart:
    """Raises CartNotFound, Unavailable."""
    try:
        cart = await find_cart(ctx, shopper)
    except CartNotFound:
        order = await find_unpaid_order(ctx, shopper)
        if order is None:
            raise
        return priced(ctx, None, _NO_QUOTES, order)
    return await quoted(ctx, cart, await find_unpaid_order(ctx, shopper) if shopper.account_id else None)


async def quoted(ctx: OrdersContext, cart: Cart | None, order: UnpaidOrder | None) -> PricedCart:
    """The cart at today's prices. None: an account without one.

    Raises:
        Unavailable: the catalog does not answer.
    """
    quotes = await clients.quotes(ctx, quantities(cart), cart.currency) if cart and cart.lines else _NO_QUOTES
    return priced(ctx, cart, quotes, order)


def priced(ctx: OrdersContext, cart: Cart | None, quotes: Quotes, order: UnpaidOrder | None) -> PricedCart:
    """The cart by these quotes."""
    currency = cart.currency if cart else order.currency if order else ctx.settings.currency
    by_variant = quotes.by_variant
    sold = [line for line in quantities(cart) if line.variant_id in by_variant] if cart else []
    ships = any(by_variant[line.variant_id].requires_shipping for line in sold)
    prices = {variant_id: quote.unit_price for variant_id, quote in by_variant.items()}
    sums = totals(sold, prices, ctx.settings.shipping(currency, ships=ships), currency)
    # A guest who holds the token of the order's cart placed the order.
    token = ctx.get(OrderTokens).known(order.id, order.token_hash) if order else None
    return PricedCart(cart, quotes, order, currency, sums, ships, token)

"""Show a cart with today's prices and stock."""

from __future__ import annotations

from dataclasses import dataclass

from orders import catalog_client
from orders.carts.store.carts import Cart
from orders.carts.store.unpaid_orders import UnpaidOrder
from orders.carts.usecases.find_cart import find_cart, find_unpaid_order, quantities
from orders.catalog_client import Quote, Quotes
from orders.context import OrdersContext
from orders.pricing import BasketLine, Priced, Wanted, priced
from orders.problems import CartNotFound
from orders.quantities import VariantQuantity
from orders.shoppers import Holders, OrderTokens, Shopper

_NO_QUOTES = Quotes([], [])


@dataclass(frozen=True, slots=True)
class PricedCart:
    """A cart with the catalog's quotes of its lines. `cart`: None for an account without one.

    `unpaid_order`: this shopper's order that waits for payment; `order_token`: a guest's key to it. `sums`: of the
    lines that have a quote, without an address: shipping and tax may depend on that.
    """

    cart: Cart | None
    quotes: Quotes
    unpaid_order: UnpaidOrder | None
    currency: str
    sums: Priced
    order_token: str | None


async def show_cart(ctx: OrdersContext, shopper: Shopper) -> PricedCart:
    """Raises CartNotFound, Unavailable."""
    try:
        cart = await find_cart(ctx, shopper)
    except CartNotFound:
        order = await find_unpaid_order(ctx, shopper)
        if order is None:
            raise
        return await priced_cart(ctx, None, _NO_QUOTES, order)
    return await quoted(ctx, cart, await find_unpaid_order(ctx, shopper) if shopper.account_id else None)


async def quoted(ctx: OrdersContext, cart: Cart | None, order: UnpaidOrder | None) -> PricedCart:
    """The cart at today's prices. None: an account without one.

    Raises:
        Unavailable: the catalog does not answer.
    """
    quotes = await catalog_client.quotes(ctx, quantities(cart), cart.currency) if cart and cart.lines else _NO_QUOTES
    return await priced_cart(ctx, cart, quotes, order)


async def priced_cart(ctx: OrdersContext, cart: Cart | None, quotes: Quotes, order: UnpaidOrder | None) -> PricedCart:
    """The cart by these quotes."""
    currency = cart.currency if cart else order.currency if order else ctx.settings.currency
    by_variant = quotes.by_variant
    sold = [line for line in quantities(cart) if line.variant_id in by_variant] if cart else []
    lines = tuple(basket_line(line, by_variant[line.variant_id]) for line in sold)
    customer = ctx.get(Holders).account(cart.account_id) if cart else None
    sums, _ = await priced(ctx, Wanted(lines, currency, customer=customer))
    # A guest who holds the token of the order's cart placed the order.
    token = ctx.get(OrderTokens).known(order.id, order.token_hash) if order else None
    return PricedCart(cart, quotes, order, currency, sums, token)


def basket_line(line: VariantQuantity, quote: Quote) -> BasketLine:
    """A line for pricing."""
    return BasketLine(
        variant_id=line.variant_id,
        product_id=quote.product_id,
        product_type=quote.product_type,
        collections=(),
        quantity=line.quantity,
        unit_price=quote.unit_price,
        weight_grams=quote.weight_grams or 0,
        requires_shipping=quote.requires_shipping,
        tax_class=quote.tax_class,
    )

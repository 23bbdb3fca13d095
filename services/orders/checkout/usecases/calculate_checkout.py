"""What lines, or the cart, would cost with a destination, a way of shipping and codes. Nothing is written."""

from __future__ import annotations

from dataclasses import replace

from orders import catalog_client
from orders.carts import basket_line
from orders.checkout.usecases.find_lines import find_lines
from orders.checkout.usecases.price_basket import all_known
from orders.context import OrdersContext
from orders.pricing import Priced, Wanted, priced
from orders.quantities import VariantQuantity
from orders.shoppers import Holders, Shopper


async def calculate_checkout(
    ctx: OrdersContext, shopper: Shopper, asked: list[VariantQuantity] | None, currency: str | None, choices: Wanted
) -> Priced:
    """The price of the lines asked for, or of the cart. `choices`: all but lines and currency.

    Raises:
        Invalid, CartNotFound, CartOrdered, CartEmpty, UnknownVariant, Unavailable.
    """
    source = await find_lines(ctx, shopper, asked, currency)
    found = await catalog_client.quotes(ctx, source.lines, source.currency, probe=shopper.probe)
    all_known(source, found.by_variant)
    lines = tuple(basket_line(line, found.by_variant[line.variant_id]) for line in source.lines)
    customer = ctx.get(Holders).account(shopper.account_id)
    wanted = replace(choices, lines=lines, currency=source.currency, customer=customer)
    return (await priced(ctx, wanted))[0]

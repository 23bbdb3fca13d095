"""What a placed order would cost at another address, by the rules of now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from orders.context import OrdersContext
from orders.pricing.domain.basket import Allocation, Wanted
from orders.pricing.domain.price import reprice
from orders.pricing.domain.priced import Priced
from orders.pricing.usecases.current_rules import KeptRules


async def repriced(
    ctx: OrdersContext,
    wanted: Sequence[Wanted],
    at: datetime,
    lines: tuple[tuple[Allocation, ...], ...],
    shipping_off: int,
) -> list[Priced]:
    """The price of each, all by the same rules, at the time at which the order was placed. Its discounts stay: see
    `reprice`.
    """
    rules, _ = await ctx.get(KeptRules).of_now(ctx, look=True)
    return [reprice(each, rules, at, lines, shipping_off) for each in wanted]

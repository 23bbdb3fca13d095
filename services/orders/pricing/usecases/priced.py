"""What an order costs by the rules of now."""

from __future__ import annotations

from orders.context import OrdersContext
from orders.pricing.discounts.usecases.look_up import look_up
from orders.pricing.domain.basket import Wanted
from orders.pricing.domain.price import price
from orders.pricing.domain.priced import Priced
from orders.pricing.usecases.current_rules import KeptRules


async def priced(ctx: OrdersContext, wanted: Wanted, *, look: bool = True) -> tuple[Priced, int]:
    """The price, and the version of the rules that it was made by. Codes, and limits of uses, cost a statement.

    `look=False` for what is written with a comparison of that version (see store/versions.py): then it costs no
    statement, but one where codes are given or an automatic discount has a limit. Where the version differs:
    `forget(ctx)`, and price again.
    """
    rules, now = await ctx.get(KeptRules).of_now(ctx, look=look)
    found = await look_up(ctx, wanted.codes, rules.discounts, wanted.customer)
    return price(wanted, rules, now, coded=found.discounts, used=found.used), rules.version


def forget(ctx: OrdersContext) -> None:
    """An order met another version of the rules: read them anew."""
    ctx.get(KeptRules).forget()

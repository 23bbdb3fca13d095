"""Find what is to be ordered: the lines of the request, or those of the cart."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from chassis.problems import FieldError, Invalid
from orders.carts import cart_to_order, quantities
from orders.context import OrdersContext
from orders.quantities import MAX_QUANTITY, VariantQuantity, gathered
from orders.shoppers import Shopper


@dataclass(frozen=True, slots=True)
class WantedLines:
    """`fields`: the request's name of each line. `cart`: the id and version of the cart that they come from. `before`:
    what pieces cost when they were put into the cart.
    """

    lines: list[VariantQuantity]
    fields: list[str]
    currency: str
    cart: tuple[UUID, int] | None
    before: dict[UUID, int] = field(default_factory=dict)


async def find_lines(
    ctx: OrdersContext, shopper: Shopper, asked: list[VariantQuantity] | None, named: str | None
) -> WantedLines:
    """The lines that were asked for; without any, those of the cart. `named`: the currency, where one is.

    Raises:
        Invalid, CartNotFound, CartOrdered, CartEmpty.
    """
    if asked is not None:
        return WantedLines(*_requested(asked), ctx.settings.sold(named, "currency"), None)
    cart = await cart_to_order(ctx, shopper)
    fields = [f"cart.lines.{line.variant_id}" for line in cart.lines]
    currency = ctx.settings.sold(named or cart.currency, "currency")
    before = {line.variant_id: line.unit_price for line in cart.lines if line.unit_price is not None}
    shown = before if currency == cart.currency else {}
    return WantedLines(quantities(cart), fields, currency, (cart.id, cart.version), shown)


def _requested(asked: list[VariantQuantity]) -> tuple[list[VariantQuantity], list[str]]:
    lines = gathered(asked)
    first = {line.variant_id: place for place, line in reversed(list(enumerate(asked)))}
    fields = [f"lines.{first[line.variant_id]}" for line in lines]
    many = [name for name, line in zip(fields, lines, strict=True) if line.quantity > MAX_QUANTITY]
    if many:
        message = f"At most {MAX_QUANTITY} pieces of an article in all"
        raise Invalid(errors=[FieldError(f"{name}.quantity", message, "too_many") for name in many])
    return lines, fields

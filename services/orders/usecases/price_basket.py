"""Price what is to be ordered, by the catalog: the lines of the request, or those of the cart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from chassis.problems import FieldError, Invalid
from chassis.values import Money
from orders import clients
from orders.clients import Quote
from orders.context import OrdersContext
from orders.domain.pricing import MAX_QUANTITY, MAX_TOTAL, OrderRequest, Totals, VariantQuantity, gathered, totals
from orders.domain.shopper import Shopper
from orders.problems import OutOfStock, PriceChanged, TotalNotPayable, UnknownVariant
from orders.store.new_order import Basket
from orders.store.orders import StoredLine
from orders.usecases.find_cart import cart_to_order, quantities


@dataclass(frozen=True, slots=True)
class _Source:
    lines: list[VariantQuantity]
    fields: list[str]
    currency: str
    cart: tuple[UUID, int] | None
    # What pieces cost when they were put into the cart.
    before: dict[UUID, int] = field(default_factory=dict)


async def price_basket(ctx: OrdersContext, shopper: Shopper, request: OrderRequest) -> Basket:
    """What is ordered and what it costs.

    Raises:
        Invalid, CartNotFound, CartOrdered, CartEmpty, UnknownVariant, OutOfStock, TotalNotPayable, PriceChanged,
        Unavailable.
    """
    source = await _source(ctx, shopper, request)
    found = await clients.quotes(ctx, source.lines, source.currency, probe=shopper.probe)
    quotes = {quote.variant_id: quote for quote in found.lines}
    _all_known(source, quotes)
    _all_there(source.lines, quotes)
    address = _address(request, ships=any(quotes[line.variant_id].requires_shipping for line in source.lines))
    prices = {variant_id: quote.unit_price for variant_id, quote in quotes.items()}
    shipping = ctx.settings.shipping(source.currency, ships=address is not None)
    sums = totals(source.lines, prices, shipping, source.currency)
    if not 0 < sums.total.amount <= MAX_TOTAL:
        raise TotalNotPayable(f"{sums.total} is not between the least and the most that can be paid at once.")
    lines = _lines(source.lines, quotes)
    _as_shown(request, sums, lines, source.before)
    available = {quote.variant_id: quote.available for quote in found.lines if quote.available is not None}
    return Basket(lines, sums, address, source.cart, available)


async def _source(ctx: OrdersContext, shopper: Shopper, request: OrderRequest) -> _Source:
    if request.lines is not None:
        lines = gathered(request.lines)
        first = {line.variant_id: place for place, line in reversed(list(enumerate(request.lines)))}
        fields = [f"lines.{first[line.variant_id]}" for line in lines]
        if any(line.quantity > MAX_QUANTITY for line in lines):
            many = [f for f, line in zip(fields, lines, strict=True) if line.quantity > MAX_QUANTITY]
            message = f"At most {MAX_QUANTITY} pieces of an article in all"
            raise Invalid(errors=[FieldError(f"{field}.quantity", message, "too_many") for field in many])
        return _Source(lines, fields, ctx.settings.sold(request.currency, "currency"), None)
    cart = await cart_to_order(ctx, shopper)
    fields = [f"cart.lines.{line.variant_id}" for line in cart.lines]
    currency = ctx.settings.sold(request.currency or cart.currency, "currency")
    before = {line.variant_id: line.unit_price for line in cart.lines if line.unit_price is not None}
    return _Source(
        quantities(cart), fields, currency, (cart.id, cart.version), before if currency == cart.currency else {}
    )


def _address(request: OrderRequest, *, ships: bool) -> dict[str, Any] | None:
    """Of an order that is not shipped none is kept, even if one is sent."""
    if not ships:
        return None
    if request.shipping_address is None:
        error = FieldError("shipping_address", "Something in this order is shipped: say where it goes", "missing")
        raise Invalid("See `errors` for each field.", errors=[error])
    return request.shipping_address


def _all_known(source: _Source, quotes: dict[UUID, Quote]) -> None:
    missing = [
        (line.variant_id, field)
        for line, field in zip(source.lines, source.fields, strict=True)
        if line.variant_id not in quotes
    ]
    if missing:
        message = f"This is not sold here, or not in {source.currency}"
        raise UnknownVariant(
            "Leave them out, or order in another currency.",
            errors=[FieldError(f"{field}.variant_id", message, "unknown-variant") for _, field in missing],
            variants=[variant_id for variant_id, _ in missing],
        )


def _all_there(lines: Sequence[VariantQuantity], quotes: dict[UUID, Quote]) -> None:
    """Spare an order that cannot be had. Whether it can be had the reservation alone decides."""
    short = []
    for line in lines:
        quote = quotes[line.variant_id]
        if quote.available is not None and quote.available < line.quantity:
            short.append({"sku": quote.sku, "requested": line.quantity, "available": quote.available})
    if short:
        raise OutOfStock("Order less of it, or leave it out.", lines=short)


def _as_shown(request: OrderRequest, sums: Totals, lines: Sequence[StoredLine], before: dict[UUID, int]) -> None:
    """Whatever the reason: a price, the shipping, or the shop's currency."""
    shown = request.expected_total
    if shown == sums.total:
        return
    currency = sums.total.currency
    now = [
        {
            "variant_id": line.variant_id,
            "sku": line.sku,
            "quantity": line.quantity,
            "unit_price": Money(line.unit_price, currency),
            "total": Money(line.total, currency),
            "previous_unit_price": None
            if (was := before.get(line.variant_id)) in {None, line.unit_price}
            else Money(was, currency),
        }
        for line in lines
    ]
    raise PriceChanged(
        f"It costs {sums.total} now, not {shown}. Nothing was ordered. Where that is agreed, order for the new total, "
        "with a new Idempotency-Key.",
        currency=currency,
        subtotal=sums.subtotal,
        shipping=sums.shipping,
        rounding=sums.rounding,
        total=sums.total,
        lines=now,
    )


def _lines(lines: Sequence[VariantQuantity], quotes: dict[UUID, Quote]) -> list[StoredLine]:
    return [
        StoredLine(
            position=position,
            variant_id=line.variant_id,
            sku=quotes[line.variant_id].sku,
            title=quotes[line.variant_id].title,
            variant_title=quotes[line.variant_id].variant_title or "",
            slug=quotes[line.variant_id].slug,
            image_url=quotes[line.variant_id].image_url,
            unit_price=quotes[line.variant_id].unit_price,
            quantity=line.quantity,
            total=quotes[line.variant_id].unit_price * line.quantity,
            requires_shipping=quotes[line.variant_id].requires_shipping,
        )
        for position, line in enumerate(lines, start=1)
    ]

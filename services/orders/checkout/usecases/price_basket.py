"""Price what is to be ordered, by the catalog and the shop's rules of shipping, tax and discounts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from chassis.problems import FieldError, Invalid
from chassis.values import Money
from orders import catalog_client
from orders.addresses import folded
from orders.carts import basket_line
from orders.catalog_client import Quote
from orders.checkout.domain.order_request import OrderRequest
from orders.checkout.domain.refusals import not_offered
from orders.checkout.store.new_order import Basket
from orders.checkout.store.rows import StoredLine
from orders.checkout.usecases.find_lines import WantedLines, find_lines
from orders.context import OrdersContext
from orders.payment_methods import CARD
from orders.pricing import (
    Destination,
    Priced,
    ShippingNotOffered,
    VatNumber,
    Wanted,
    WrongVatNumber,
    discounts,
    priced,
    vat_number,
)
from orders.problems import DiscountRejected, OutOfStock, PriceChanged, TotalNotPayable, UnknownVariant
from orders.quantities import MAX_TOTAL, VariantQuantity
from orders.shoppers import Holders, Shopper

Quoted = dict[UUID, Quote]


async def price_basket(
    ctx: OrdersContext, shopper: Shopper, request: OrderRequest, *, who: str | None = None
) -> Basket:
    """What is ordered and what it costs. `who`: by whom unknown codes are counted, where that is not the shopper.

    Raises:
        Invalid, CartNotFound, CartOrdered, CartEmpty, UnknownVariant, OutOfStock, TotalNotPayable,
        PaymentMethodNotOffered, PriceChanged, ShippingNotOffered, DiscountRejected, Unavailable.
    """
    who = who or str(shopper.account_id or shopper.address)
    if request.discount_codes:
        discounts.may_try(ctx, who)
    source = await find_lines(ctx, shopper, request.lines, request.currency)
    found = await catalog_client.quotes(ctx, source.lines, source.currency, probe=shopper.probe)
    quotes = found.by_variant
    all_known(source, quotes)
    _all_there(source.lines, quotes)
    address = _address(request, ships=any(quotes[line.variant_id].requires_shipping for line in source.lines))
    vat = _vat(request)
    wanted = Wanted(
        lines=tuple(basket_line(line, quotes[line.variant_id]) for line in source.lines),
        currency=source.currency,
        destination=_destination(address or request.billing_address),
        method_id=request.shipping_method,
        codes=request.discount_codes,
        customer=ctx.get(Holders).customer(shopper.account_id, request.email),
        vat=vat,
    )
    sums, version = await priced(ctx, wanted, look=False)
    await discounts.count_misses(ctx, who, sums.rejected)
    lines = _lines(sums, quotes)
    _acceptable(request, sums, ctx.settings.payment_methods)
    _as_shown(request, sums, lines, source.before)
    available = {quote.variant_id: quote.available for quote in found.lines if quote.available is not None}
    return Basket(
        *(lines, sums, version, address, source.cart, available),
        vat_id=vat.number if vat else None,
        billing_address=request.billing_address,
        locale=request.locale,
        payment_method=request.payment_method if sums.total else CARD,
    )


def _address(request: OrderRequest, *, ships: bool) -> dict[str, Any] | None:
    """Of an order that is not shipped none is kept, even if one is sent."""
    if not ships:
        return None
    if request.shipping_address is None:
        error = FieldError("shipping_address", "Something in this order is shipped: say where it goes", "missing")
        raise Invalid("See `errors` for each field.", errors=[error])
    return request.shipping_address


def _destination(address: dict[str, Any] | None) -> Destination | None:
    if address is None:
        return None
    return Destination(address["country"], address.get("region"), address.get("postal_code"))


def _vat(request: OrderRequest) -> VatNumber | None:
    if request.vat_id is None:
        return None
    try:
        return vat_number(folded(request.vat_id))
    except WrongVatNumber as wrong:
        raise Invalid("See `errors` for each field.", errors=[FieldError("vat_id", str(wrong), "vat_id")]) from None


def all_known(source: WantedLines, quotes: Quoted) -> None:
    """Raises UnknownVariant where a line has no quote."""
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


def _all_there(lines: Sequence[VariantQuantity], quotes: Quoted) -> None:
    """Spare an order that cannot be had. Whether it can be had the reservation alone decides."""
    short = []
    for line in lines:
        quote = quotes[line.variant_id]
        if quote.available is not None and quote.available < line.quantity:
            short.append({"sku": quote.sku, "requested": line.quantity, "available": quote.available})
    if short:
        raise OutOfStock("Order less of it, or leave it out.", lines=short)


def _acceptable(request: OrderRequest, sums: Priced, methods: Sequence[str]) -> None:
    """It can be shipped, its codes count, and its total can be paid by one of the shop's `methods`."""
    if sums.shipping_problem is not None:
        offered = [{"id": each.id, "title": each.title, "price": each.price} for each in sums.methods]
        raise ShippingNotOffered(
            "Choose one of `methods`, or another address.", reason=sums.shipping_problem, methods=offered
        )
    if sums.rejected:
        # A code in any way of typing it; of several ways the first.
        stored = [discounts.normalised(typed) or typed for typed in request.discount_codes]
        errors = [
            FieldError(f"discount_codes.{stored.index(each.code)}", each.message, each.reason) for each in sums.rejected
        ]
        raise DiscountRejected("Leave these codes out, or order so that they count.", errors=errors)
    total = Money(sums.total, sums.currency)
    if not 0 <= total.amount <= MAX_TOTAL:
        raise TotalNotPayable(f"{total} is not between 0 and the most that can be paid at once.")
    # What costs nothing is paid in no way.
    if total.amount and request.payment_method not in methods:
        raise not_offered(methods)


def _as_shown(request: OrderRequest, sums: Priced, lines: Sequence[StoredLine], before: dict[UUID, int]) -> None:
    """Whatever the reason: a price, the shipping, a discount, or the shop's currency."""
    shown, currency = request.expected_total, sums.currency
    total = Money(sums.total, currency)
    if shown == total:
        return
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
    names = ("subtotal", "discount", "shipping", "shipping_discount", "tax", "rounding")
    parts: dict[str, Any] = {name: Money(getattr(sums, name), currency) for name in names}
    raise PriceChanged(
        f"It costs {total} now, not {shown}. Nothing was ordered. Where that is agreed, order for the new total, "
        "with a new Idempotency-Key.",
        currency=currency,
        lines=now,
        total=total,
        **parts,
    )


def _lines(sums: Priced, quotes: Quoted) -> list[StoredLine]:
    lines = []
    for position, line in enumerate(sums.lines, start=1):
        quote = quotes[line.line.variant_id]
        lines.append(
            StoredLine(
                position=position,
                variant_id=quote.variant_id,
                sku=quote.sku,
                title=quote.title,
                variant_title=quote.variant_title or "",
                slug=quote.slug,
                image_url=quote.image_url,
                unit_price=quote.unit_price,
                quantity=line.line.quantity,
                total=line.line.listed,
                requires_shipping=quote.requires_shipping,
                product_id=quote.product_id,
                weight_grams=quote.weight_grams,
                discount=line.discount,
                discounts=[
                    {"discount_id": each.discount_id, "title": each.title, "code": each.code, "amount": each.amount}
                    for each in line.allocations
                ]
                or None,
                tax=line.tax,
                tax_rate=line.tax_rate,
                tax_class=quote.tax_class,
                charged=line.charged,
                tax_title=line.tax_title,
                treatment=line.treatment,
            )
        )
    return lines

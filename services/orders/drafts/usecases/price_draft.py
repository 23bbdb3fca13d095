"""What a draft costs by the rules of now, and what stands in the way of sending it. Nothing is written or held."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from orders import catalog_client
from orders.addresses import folded
from orders.carts import basket_line
from orders.catalog_client import Quote, Quotes
from orders.context import OrdersContext
from orders.drafts.domain.draft import Draft, DraftFields
from orders.drafts.usecases.keep_drafts import show_draft
from orders.pricing import Destination, Priced, VatNumber, Wanted, WrongVatNumber, discounts, priced, vat_number
from orders.shoppers import Holders

_NOTHING = Quotes([], [])
OUT_OF_STOCK = "out-of-stock"


@dataclass(frozen=True, slots=True)
class LineWarning:
    """Why a line cannot be ordered as it stands. `reason`: OUT_OF_STOCK, or why the catalog does not sell it."""

    variant_id: UUID
    sku: str | None
    reason: str
    requested: int
    available: int


@dataclass(frozen=True, slots=True)
class PricedDraft:
    """`sums`: of the lines that are sold; None: there are none. `missing`: fields without which it is not sent."""

    draft: Draft
    sums: Priced | None
    warnings: list[LineWarning]
    missing: list[str]


async def price_draft(ctx: OrdersContext, draft_id: UUID, staff: UUID) -> PricedDraft:
    """Raises NotFound, Unavailable, RateLimited: too many unknown codes."""
    draft = await show_draft(ctx, draft_id)
    fields = draft.fields
    quotes = await catalog_client.quotes(ctx, fields.lines, fields.currency) if fields.lines else _NOTHING
    ships = any(quote.requires_shipping for quote in quotes.lines)
    missing = [*fields.missing, *(["shipping_address"] if ships and fields.shipping_address is None else [])]
    sums = await _priced(ctx, fields, quotes, f"staff:{staff}", ships=ships)
    return PricedDraft(draft, sums, _warnings(fields, quotes), missing)


async def _priced(ctx: OrdersContext, fields: DraftFields, quotes: Quotes, who: str, *, ships: bool) -> Priced | None:
    sold = quotes.by_variant
    lines = tuple(basket_line(line, sold[line.variant_id]) for line in fields.lines if line.variant_id in sold)
    if not lines:
        return None
    if fields.discount_codes:
        discounts.may_try(ctx, who)
    holders = ctx.get(Holders)
    known = holders.account(fields.account_id) or (holders.recipient(fields.email) if fields.email else None)
    wanted = Wanted(
        lines=lines,
        currency=fields.currency,
        destination=Destination.of((fields.shipping_address if ships else None) or fields.billing_address),
        method_id=fields.shipping_method,
        codes=fields.discount_codes,
        customer=known,
        vat=_vat(fields.vat_id),
    )
    sums, _ = await priced(ctx, wanted)
    await discounts.count_misses(ctx, who, sums.rejected)
    return sums


def _vat(written: str | None) -> VatNumber | None:
    """A number whose form is no longer known counts as none; sending says so."""
    try:
        return vat_number(folded(written)) if written else None
    except WrongVatNumber:
        return None


def _warnings(fields: DraftFields, quotes: Quotes) -> list[LineWarning]:
    sold, unsold = quotes.by_variant, {article.variant_id: article for article in quotes.unsold}
    found = []
    for line in fields.lines:
        quote = sold.get(line.variant_id)
        if quote is None:
            known = unsold.get(line.variant_id)
            sku, reason = (known.sku, known.reason) if known else (None, "unknown")
            found.append(LineWarning(line.variant_id, sku, reason, line.quantity, 0))
        elif _short(quote, line.quantity):
            found.append(LineWarning(line.variant_id, quote.sku, OUT_OF_STOCK, line.quantity, quote.available or 0))
    return found


def _short(quote: Quote, quantity: int) -> bool:
    return quote.available is not None and quote.available < quantity

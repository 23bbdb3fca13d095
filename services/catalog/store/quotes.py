"""Prices and stock of given variants, for orders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from catalog.domain.products import NOT_TAXED
from catalog.store.prices import AMOUNT, ON_SALE
from catalog.store.reservations import PROBE_SLUG
from chassis.db import ReadTx

_QUOTES = f"""
select v.id as variant_id, v.sku, p.title, v.option_values, p.slug, {AMOUNT} as amount, v.weight_grams,
       v.requires_shipping, p.id as product_id, p.product_type,
       case when v.taxable then p.tax_class else '{NOT_TAXED}' end as tax_class,
       coalesce(v.media_id, (select id from media where product_id = p.id order by position limit 1)) as media_id,
       case when s.tracked and not s.backorder then greatest(s.on_hand - s.reserved, 0) end as available,
       v.active, case when $3 then p.slug = $4 and p.status = 'draft' else p.status = 'active' end as published
from variants v
join products p on p.id = v.product_id
join stock s on s.variant_id = v.id
left join variant_prices vp on vp.variant_id = v.id and vp.currency = $2 {ON_SALE}
where v.id = any($1)
"""


@dataclass(frozen=True, slots=True)
class Quote:
    """A variant as it is now, sold or not.

    amount: the price in minor units; None: it has none in the currency. available: None: no limit.
    active: its product still has it. published: the product is for sale.
    """

    variant_id: UUID
    sku: str
    title: str
    option_values: list[str]
    slug: str
    amount: int | None
    weight_grams: int | None
    requires_shipping: bool
    product_id: UUID
    product_type: str
    tax_class: str
    media_id: UUID | None
    available: int | None
    active: bool
    published: bool


async def quotes(tx: ReadTx, variant_ids: Sequence[UUID], currency: str, *, probe: bool = False) -> dict[UUID, Quote]:
    """Those of the variants that exist, or have existed. `probe`: for the synthetic shopper."""
    found = await tx.rows(Quote, _QUOTES, variant_ids, currency, probe, PROBE_SLUG)
    return {quote.variant_id: quote for quote in found}

"""What orders ask for: prices and stock of given variants."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import msgspec

from chassis.db import ReadTx

_QUOTES = """
select v.id as variant_id, v.sku, p.title, v.option_values, p.slug, vp.amount, v.weight_grams, v.requires_shipping,
       coalesce(v.media_id, (select id from media where product_id = p.id order by position limit 1)) as media_id,
       case when s.tracked and not s.backorder then greatest(s.on_hand - s.reserved, 0) end as available
from variants v
join products p on p.id = v.product_id
join variant_prices vp on vp.variant_id = v.id and vp.currency = $2
join stock s on s.variant_id = v.id
where v.id = any($1) and v.active and p.status = 'active'
"""

_KNOWN = """
select v.id as variant_id, v.sku, p.title, v.option_values, p.slug,
       coalesce(v.media_id, (select id from media where product_id = p.id order by position limit 1)) as media_id,
       v.active, p.status = 'active' as published
from variants v
join products p on p.id = v.product_id
where v.id = any($1)
"""


class Quote(msgspec.Struct, frozen=True):
    """A variant that is sold in the currency; amount in minor units; available None: as many as anybody wants."""

    variant_id: UUID
    sku: str
    title: str
    option_values: list[str]
    slug: str
    amount: int
    weight_grams: int | None
    requires_shipping: bool
    media_id: UUID | None
    available: int | None


class Known(msgspec.Struct, frozen=True):
    """A variant, sold or not. `active`: its product still has it; `published`: the product is for sale."""

    variant_id: UUID
    sku: str
    title: str
    option_values: list[str]
    slug: str
    media_id: UUID | None
    active: bool
    published: bool


async def known(tx: ReadTx, variant_ids: Sequence[UUID]) -> dict[UUID, Known]:
    """Those of the variants that there are, or have been."""
    return {one.variant_id: one for one in await tx.rows(Known, _KNOWN, variant_ids)}


async def quotes(tx: ReadTx, variant_ids: Sequence[UUID], currency: str) -> dict[UUID, Quote]:
    """Those of the variants that are sold in the currency."""
    return {quote.variant_id: quote for quote in await tx.rows(Quote, _QUOTES, variant_ids, currency)}

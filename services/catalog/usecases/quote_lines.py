"""Prices and stock for a cart."""

from __future__ import annotations

from collections.abc import Sequence

from catalog.context import CatalogContext
from catalog.domain.stock import WantedUnits
from catalog.schemas.internal import QuoteOut, QuotesOut, UnsoldOut
from catalog.store import quotes as store


async def quote_lines(ctx: CatalogContext, lines: Sequence[WantedUnits], currency: str) -> QuotesOut:
    """Each line priced as it is now, in the order given; variants that are not sold are named apart, each
    once, with what is known of them.
    """
    async with ctx.db.read() as tx:
        found = await store.quotes(tx, sorted({line.variant_id for line in lines}), currency)
        missing = dict.fromkeys(line.variant_id for line in lines if line.variant_id not in found)
        known = await store.known(tx, sorted(missing)) if missing else {}
    priced = [QuoteOut.of(found[line.variant_id], line.quantity) for line in lines if line.variant_id in found]
    unsold = [UnsoldOut.of(known[variant_id]) for variant_id in missing if variant_id in known]
    return QuotesOut(priced, list(missing), unsold)

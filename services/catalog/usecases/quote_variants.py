"""Prices and stock for a cart."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from catalog.context import CatalogContext
from catalog.store import quotes as store
from catalog.store.quotes import Quote


async def quote_variants(
    ctx: CatalogContext, variant_ids: Iterable[UUID], currency: str, *, probe: bool = False
) -> dict[UUID, Quote]:
    """The variants as they are now, those that are not sold too; unknown ones are left out."""
    async with ctx.db.read() as tx:
        return await store.quotes(tx, sorted(set(variant_ids)), currency, probe=probe)

"""List the variants of which few units are left."""

from __future__ import annotations

from uuid import UUID

from catalog.context import CatalogContext
from catalog.stockroom import store
from catalog.stockroom.store import LowVariant
from chassis.web import PageParams, pagination


async def list_low_stock(ctx: CatalogContext, params: PageParams) -> tuple[list[LowVariant], str | None]:
    """A page, in the order of the variants' ids, and the cursor of the next.

    Raises:
        Invalid: the cursor is none of this list.
    """
    after: UUID | None = pagination.decode(params.cursor, tuple[UUID])[0] if params.cursor else None
    async with ctx.db.read() as tx:
        found = await store.low(tx, after, params.limit + 1)
        shown = found[: params.limit]
        last = shown[-1].variant_id if len(found) > params.limit else await store.last_looked_at(tx, after)
    return shown, pagination.encode((last,)) if last else None

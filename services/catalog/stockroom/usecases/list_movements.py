"""List the changes of a variant's stock."""

from __future__ import annotations

from catalog.context import CatalogContext
from catalog.stockroom import store
from catalog.stockroom.store import Movement
from chassis.problems import NotFound
from chassis.web import PageParams, pagination


async def list_movements(ctx: CatalogContext, sku: str, params: PageParams) -> tuple[list[Movement], str | None]:
    """A page, the newest first, and the cursor of the next.

    Raises:
        NotFound: there is no such SKU. Invalid: the cursor is none of this list.
    """
    before: int | None = pagination.decode(params.cursor, tuple[int])[0] if params.cursor else None
    async with ctx.db.read() as tx:
        variant_id = await store.variant_of(tx, sku)
        if variant_id is None:
            raise NotFound("There is no variant with this SKU.")
        found = await store.movements(tx, variant_id, before, params.limit + 1)
    shown = found[: params.limit]
    return shown, pagination.encode((shown[-1].id,)) if len(found) > params.limit else None

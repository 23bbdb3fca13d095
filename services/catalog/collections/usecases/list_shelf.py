"""The products of a collection, for shoppers."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta

from catalog.collections.store import listing
from catalog.collections.usecases.read_collections import shown_collection
from catalog.context import CatalogContext
from catalog.store.browse import Card
from chassis.web import PageParams, pagination

# A cursor may be forged: only values that PostgreSQL can hold.
_PLACES: dict[str, Any] = {"hand": tuple[Annotated[int, Meta(ge=0, le=1_000_000)]], "rule": tuple[UUID]}


async def list_shelf(
    ctx: CatalogContext, slug: str, currency: str, params: PageParams
) -> tuple[list[Card], str | None]:
    """A page: by hand in the order of staff, by rule newest first; and the cursor of the next one.

    Raises:
        NotFound: there is no such collection. Invalid: the cursor is none of it.
    """
    async with ctx.db.read() as tx:
        found = await shown_collection(tx, slug)
        after = pagination.decode(params.cursor, _PLACES[found.kind])[0] if params.cursor else None
        listed = await listing.cards(tx, found.id, found.kind, currency, after, params.limit + 1)
    shown = listed[: params.limit]
    more = pagination.encode(shown[-1].place(found.kind)) if len(listed) > params.limit else None
    return [each.card for each in shown], more

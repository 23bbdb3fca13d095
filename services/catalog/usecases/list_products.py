"""Lists of products: for shoppers and for staff."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import replace
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

from catalog.context import CatalogContext
from catalog.domain.products import MAX_AMOUNT
from catalog.domain.translations import fitting
from catalog.store import browse
from catalog.store.browse import Card, Filters, Sort
from catalog.store.search import SearchTerms, near_terms, search_terms
from catalog.usecases import count_searches
from chassis.db import ReadTx
from chassis.problems import Unavailable
from chassis.web import PageParams, pagination

# A cursor may be forged: only values that PostgreSQL can hold.
_Title = Annotated[str, msgspec.Meta(pattern="^[^\\x00]*$", max_length=browse.CURSOR_TITLE)]
_Amount = Annotated[int, msgspec.Meta(ge=0, le=MAX_AMOUNT)]
# 0: exact matches, which come first; 1: matches that differ by a typo. Each in the order of the list.
Tier = Literal[0, 1]
_PLACES: dict[Sort, Any] = {
    "newest": tuple[UUID],
    "title": tuple[_Title, UUID],
    "price": tuple[_Amount, UUID],
    "-price": tuple[_Amount, UUID],
}
_FOUND_PLACES: dict[Sort, Any] = {
    "newest": tuple[Tier, UUID],
    "title": tuple[Tier, _Title, UUID],
    "price": tuple[Tier, _Amount, UUID],
    "-price": tuple[Tier, _Amount, UUID],
}
Place = tuple[Any, ...]
# Less than a reader waits for a connection.
WAIT_SECONDS = 2.0


class SearchSlots:
    """Searches that run at once: at most half of a process's connections, since carts and checkouts need the others."""

    def __init__(self, connections: int) -> None:
        self._free = asyncio.Semaphore(max(1, connections // 2))

    @asynccontextmanager
    async def take(self) -> AsyncIterator[None]:
        """Hold a slot, after waiting for it.

        Raises:
            Unavailable: none became free.
        """
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await self._free.acquire()
        except TimeoutError:
            raise Unavailable("Many people search at this moment. Try again in a few seconds.") from None
        try:
            yield
        finally:
            self._free.release()


async def list_products(
    ctx: CatalogContext,
    filters: Filters,
    params: PageParams,
    *,
    search: str | None = None,
    sort: Sort = "newest",
    language: str | None = None,
) -> tuple[list[Card], str | None]:
    """The products of one page, and the cursor of the next. A search finds words of the language, too.

    Raises:
        Invalid: the cursor is none of a list sorted so. Unavailable: too many search at this moment.
    """
    places = _PLACES if search is None else _FOUND_PLACES
    after: Place | None = pagination.decode(params.cursor, places[sort]) if params.cursor else None
    most = params.limit + 1
    costly = search is not None or filters.looks_through
    async with ctx.get(SearchSlots).take() if costly else nullcontext(), ctx.db.read() as tx:
        if search is None:
            found = await browse.cards(tx, filters, sort=sort, after=after, limit=most)
            exact = most
        else:
            asked = replace(await search_terms(tx, search), languages=fitting(language) if language else [])
            found, exact = await _search(tx, filters, search, asked, sort, after, most)
    if search is not None and after is None:
        count_searches.count(ctx, search, found=bool(found))
    shown = found[: params.limit]
    if len(found) < most:
        return shown, None
    tier: tuple[Tier, ...] = () if search is None else (0 if len(shown) <= exact else 1,)
    return shown, pagination.encode((*tier, *shown[-1].place(sort)))


async def _search(
    tx: ReadTx, filters: Filters, search: str, asked: SearchTerms, sort: Sort, after: Place | None, most: int
) -> tuple[list[Card], int]:
    """Exact matches, then, where the page has room, matches that differ by a typo; and the number of exact ones."""
    tier, place = (after[0], after[1:]) if after else (0, None)
    found: list[Card] = []
    if tier == 0:
        found, place = await browse.cards(tx, filters, asked, sort=sort, after=place, limit=most), None
    exact = len(found)
    if exact < most and (near := await near_terms(tx, search, asked)):
        found += await browse.cards(tx, filters, near, sort=sort, after=place, limit=most - exact)
    return found, exact

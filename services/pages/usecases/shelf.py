"""Lists of products with their filters: all of them, a search, or those of a category."""

from __future__ import annotations

from pages.domain import filters
from pages.domain.answers import Cards, Facets
from pages.domain.filters import Filters
from pages.visit import Page, Visit, together

NO_FACETS = Facets(0, [], [], [], 0, None, None)


async def shelf(visit: Visit) -> Page:
    """All products, or those that a search and the filters leave.

    Raises:
        Invalid: a filter is none that a list could have.
        Unavailable: the catalog does not answer.
    """
    wanted = filters.read(visit.query)
    cards, facets = await together(listed(visit, wanted), counted(visit, wanted))
    title, described = _title(visit, wanted)
    return Page(
        "shelf.html",
        title,
        {**values(visit, wanted, cards, facets), "heading": title},
        page="search" if wanted.search else "",
        description=described,
        query=filters.query(wanted),
        indexed=not wanted.narrowed and not wanted.cursor and visit.place.kind.page == "shelf",
        image=visit.picture(cards.items),
    )


def _title(visit: Visit, wanted: Filters) -> tuple[str, str]:
    if wanted.search:
        return visit.t("Search for “{words}”", words=wanted.search), ""
    if wanted.type:
        return wanted.type, ""
    return visit.t("All products"), visit.t("All products that {shop} sells, the newest first.", shop=visit.shop.name)


async def listed(visit: Visit, wanted: Filters, **more: str) -> Cards:
    """The products that the filters leave."""
    asked = filters.asked(wanted, visit.choice.currency) | more
    asked |= {"language": visit.language, "currency": visit.currency, "limit": str(filters.PER_PAGE)}
    return await visit.read("/api/v1/products", Cards, **asked)


async def counted(visit: Visit, wanted: Filters, **more: str) -> Facets:
    """What the list could be narrowed by; nothing where it cannot be counted. A search is not counted."""
    asked = filters.asked(wanted, visit.choice.currency) | more | {"currency": visit.currency}
    for name in ("search", "sort", "cursor"):
        asked.pop(name, None)
    return await visit.part(visit.read("/api/v1/facets", Facets, **asked), NO_FACETS)


def values(visit: Visit, wanted: Filters, cards: Cards, facets: Facets) -> dict[str, object]:
    """What the template of a list shows."""
    path = visit.address(visit.place.path)
    return {
        "cards": cards.items,
        "facets": facets,
        "filters": wanted,
        "path": path,
        "with_filters": lambda **changes: path + filters.query(wanted, **changes),
        "next": path + filters.query(wanted, cursor=cards.next_cursor) if cards.next_cursor else "",
        # A list by the words of a search is not what is counted.
        "exact": not wanted.search,
    }

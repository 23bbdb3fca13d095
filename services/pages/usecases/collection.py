"""Collections: the list of them, and one with its products."""

from __future__ import annotations

from pages.domain import descriptions, filters, structured
from pages.domain.answers import Cards, Collection, Collections
from pages.domain.outcomes import Elsewhere, MovedPage
from pages.visit import Page, Visit, together

_PER_PAGE = 60


async def collections(visit: Visit) -> Page:
    """All collections, some on a page."""
    cursor = filters.read(visit.query).cursor
    asked = {"language": visit.language, "limit": str(_PER_PAGE), "cursor": cursor}
    found = await visit.read("/api/v1/collections", Collections, **asked)
    return Page(
        "collections.html",
        visit.t("Collections"),
        {"collections": found.items, "next": _next(visit, found.next_cursor)},
        description=visit.t("All collections of {shop}.", shop=visit.shop.name),
        indexed=not cursor,
    )


async def collection(visit: Visit) -> Page:
    """One collection and a part of its products.

    Raises:
        NotFound: there is no such collection, or it is not published.
        MovedPage: it has another slug.
    """
    slug = visit.place.params["slug"]
    cursor = filters.read(visit.query).cursor
    asked = {"language": visit.language, "currency": visit.currency, "limit": str(filters.PER_PAGE), "cursor": cursor}
    try:
        found, cards = await together(
            visit.read(f"/api/v1/collections/{slug}", Collection, language=visit.language),
            visit.read(f"/api/v1/collections/{slug}/products", Cards, **asked),
        )
    except Elsewhere as moved:
        raise MovedPage(f"/collections/{moved.slug}") from None
    steps = [(visit.t("Collections"), visit.whole("/collections")), (found.title, visit.whole(visit.place.path))]
    described = found.seo_description or descriptions.plain(found.description_html)
    otherwise = visit.t("Products of the collection {title} at {shop}.", title=found.title, shop=visit.shop.name)
    return Page(
        "collection.html",
        found.seo_title or found.title,
        {
            "collection": found,
            "told": descriptions.shown(found.description_html),
            "cards": cards.items,
            "next": _next(visit, cards.next_cursor),
            "trail": [(visit.t("Collections"), visit.address("/collections"))],
        },
        description=described or otherwise,
        indexed=not cursor,
        structured=[structured.trail([(visit.shop.name, visit.whole("/")), *steps])],
        image=visit.picture(cards.items),
    )


def _next(visit: Visit, cursor: str | None) -> str:
    return visit.address(visit.place.path) + filters.query(filters.Filters(), cursor=cursor) if cursor else ""

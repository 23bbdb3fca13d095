"""The shop's front page: collections with a few of their products, and what is new."""

from __future__ import annotations

from typing import NamedTuple

from pages.domain import filters, structured
from pages.domain.answers import Card, Cards, Collections, Named
from pages.domain.outcomes import MovedPage
from pages.visit import Page, Visit, together

_COLLECTIONS, _IN_EACH, _NEWEST = 4, 4, 12


class Featured(NamedTuple):
    """A collection and the first of its products."""

    collection: Named
    cards: list[Card]


async def home(visit: Visit) -> Page:
    """The front page.

    Raises:
        MovedPage: the address is that of a list of products, as it was before.
        Unavailable: the catalog does not answer.
    """
    wanted = filters.read(visit.query)
    if wanted != filters.Filters():
        raise MovedPage(f"/products{filters.query(wanted)}")
    newest, featured = await together(_newest(visit), _featured(visit))
    return Page(
        "home.html",
        visit.shop.name,
        {"newest": newest.items, "featured": featured},
        description=visit.t("New products and collections of {shop}.", shop=visit.shop.name),
        structured=[structured.organisation(visit.shop, visit.whole("/"))],
        image=visit.picture(newest.items),
    )


async def _newest(visit: Visit) -> Cards:
    asked = {"language": visit.language, "currency": visit.currency, "limit": str(_NEWEST)}
    return await visit.read("/api/v1/products", Cards, **asked)


async def _featured(visit: Visit) -> list[Featured]:
    asked = {"language": visit.language, "limit": str(_COLLECTIONS)}
    found = await visit.part(visit.read("/api/v1/collections", Collections, **asked), Collections([]))
    cards = await together(*(visit.part(_some(visit, each.slug), Cards([])) for each in found.items))
    return [Featured(collection, some.items) for collection, some in zip(found.items, cards, strict=True) if some.items]


async def _some(visit: Visit, slug: str) -> Cards:
    asked = {"language": visit.language, "currency": visit.currency, "limit": str(_IN_EACH)}
    return await visit.read(f"/api/v1/collections/{slug}/products", Cards, **asked)

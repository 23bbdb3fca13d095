"""A product: its pictures, what is sold of it, and what is like it."""

from __future__ import annotations

from urllib.parse import parse_qs

import msgspec

from chassis.problems import Unavailable
from pages.caching import VARIANT
from pages.domain import addresses, choosing, descriptions, structured
from pages.domain.answers import Cards, Product
from pages.domain.outcomes import Elsewhere, MovedPage
from pages.provider.reads import Read
from pages.visit import Page, Visit, together

_RELATED = 4


async def product(visit: Visit) -> Page:
    """One product.

    Raises:
        NotFound, Gone: there is none, or not any more.
        MovedPage: it has another slug.
    """
    slug = visit.place.params["slug"]
    path = f"/api/v1/products/{slug}"
    choice = {"language": visit.language, "currency": visit.currency}
    try:
        raw, related = await together(
            visit.reads.raw(Read("catalog", path, choice)),
            visit.part(visit.read(f"{path}/related", Cards, **choice), Cards([])),
        )
    except Elsewhere as moved:
        raise MovedPage(f"/products/{moved.slug}") from None
    return _page(visit, raw, related)


def _page(visit: Visit, raw: bytes, related: Cards) -> Page:
    try:
        found = msgspec.json.decode(raw, type=Product)
    except msgspec.DecodeError as wrong:
        raise Unavailable("The catalog answered what this page does not understand.") from wrong
    shown = choosing.first(found.variants, parse_qs(visit.query).get(VARIANT, [""])[0])
    address = visit.whole(f"/products/{found.slug}")
    images = [addresses.whole(visit.base, each.url) for each in found.pictures]
    described = found.seo_description or descriptions.plain(found.description_html)
    described = described or visit.t("{title}, sold by {shop}.", title=found.title, shop=visit.shop.name)
    offered = structured.product(found, described, address, images)
    trail = [(visit.shop.name, "/"), (visit.t("All products"), "/products")]
    steps = [*((name, visit.whole(path)) for name, path in trail), (found.title, address)]
    return Page(
        "product.html",
        found.seo_title or found.title,
        {
            "product": found,
            "shown": shown,
            "options": choosing.options(found, shown) if shown else [],
            "told": descriptions.shown(found.description_html),
            "related": [each for each in related.items if each.slug != found.slug][:_RELATED],
            "trail": [(visit.t("All products"), visit.address("/products"))],
        },
        description=described,
        structured=[*([offered] if offered else []), structured.trail(steps)],
        image=images[0] if images else "",
        data=msgspec.json.encode({"product": msgspec.Raw(raw)}),
    )

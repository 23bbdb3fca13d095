"""A category: its products with those of the categories below it, and the way through the tree."""

from __future__ import annotations

from collections.abc import Iterator

from chassis.problems import NotFound
from pages.domain import filters, structured
from pages.domain.answers import Categories, Category
from pages.domain.outcomes import MovedPage
from pages.usecases import shelf
from pages.visit import Page, Visit, together


async def category(visit: Visit) -> Page:
    """One category.

    Raises:
        NotFound: there is no such category.
        MovedPage: it stands elsewhere in the tree.
    """
    wanted = filters.read(visit.query)
    tree = await tree_of(visit)
    slug = visit.place.params["path"].rpartition("/")[2]
    found = next((each for each in tree.items if each.slug == slug), None)
    if found is None:
        raise NotFound
    above = [*reversed([*_upwards(tree, found)])]
    path = path_of(above)
    if path != visit.place.path:
        raise MovedPage(path + filters.query(wanted))
    cards, facets = await together(
        shelf.listed(visit, wanted, category=slug), shelf.counted(visit, wanted, category=slug)
    )
    steps = [(each.title, path_of(above[: place + 1])) for place, each in enumerate(above)]
    below = [(each, f"{path}/{each.slug}") for each in tree.items if each.parent_id == found.id and each.products]
    trail = [(visit.shop.name, visit.whole("/")), *((title, visit.whole(step)) for title, step in steps)]
    return Page(
        "shelf.html",
        found.title,
        {
            **shelf.values(visit, wanted, cards, facets),
            "heading": found.title,
            "trail": [(title, visit.address(step)) for title, step in steps[:-1]],
            "below": [(each, visit.address(address)) for each, address in below],
        },
        description=visit.t("Products in {category} that {shop} sells.", category=found.title, shop=visit.shop.name),
        query=filters.query(wanted),
        indexed=not wanted.narrowed and not wanted.cursor,
        structured=[structured.trail(trail)],
        image=visit.picture(cards.items),
    )


async def tree_of(visit: Visit) -> Categories:
    """The tree of categories."""
    return await visit.read("/api/v1/category-tree", Categories, language=visit.language, currency=visit.currency)


def path_of(way: list[Category]) -> str:
    """The address of the last category of a way from the top."""
    return "/categories/" + "/".join(each.slug for each in way)


def _upwards(tree: Categories, found: Category) -> Iterator[Category]:
    by_id = {each.id: each for each in tree.items}
    here: Category | None = found
    for _ in range(10):  # deeper than a tree can be
        if here is None:
            return
        yield here
        here = by_id.get(here.parent_id or "")

"""What an edit makes of each product: the same for a preview and for the edit itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import Literal
from uuid import UUID

from catalog.domain.products import MAX_AMOUNT, ProductStatus

# Products in one edit, and variants whose prices it changes: their rows are locked together.
MOST = 100
MOST_VARIANTS = 10_000
MOST_TAGS = 250
MOST_MEMBERS = 1_000
WHOLE = 10_000  # hundred percent in hundredths of a percent
Outcome = Literal["changed", "unchanged", "refused", "not_found"]
CompareAt = Literal["keep", "former", "remove"]


@dataclass(frozen=True, slots=True)
class PriceChange:
    """By how much prices in a currency change: hundredths of a percent, or minor units. compare_at: what a variant is
    compared with from now on: as before, what it cost before, or nothing.
    """

    currency: str
    percent: int = 0
    amount: int = 0
    compare_at: CompareAt = "keep"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to become of each product. None: it stays."""

    status: ProductStatus | None = None
    vendor: str | None = None
    product_type: str | None = None
    add_tags: Sequence[str] = ()
    remove_tags: AbstractSet[str] = frozenset()
    price: PriceChange | None = None
    add_to: Sequence[UUID] = ()
    remove_from: Sequence[UUID] = ()


@dataclass(frozen=True, slots=True)
class VariantPrice:
    """What a variant costs in minor units, in the currency of the edit."""

    variant_id: UUID
    amount: int
    compare_at: int | None


@dataclass(frozen=True, slots=True)
class Product:
    """A product as far as an edit may change it. scheduled: a moment is set at which the draft is shown. prices: of
    its variants on sale. collections: those of the edit that it is in.
    """

    id: UUID
    slug: str
    version: int
    status: ProductStatus
    vendor: str
    product_type: str
    tags: tuple[str, ...]
    scheduled: bool
    variants: int
    prices: tuple[VariantPrice, ...] = ()
    collections: tuple[UUID, ...] = ()

    @property
    def price_from(self) -> int | None:
        """The lowest price; None: it has none in the currency, or the edit changes none."""
        return min((price.amount for price in self.prices), default=None)

    @property
    def price_to(self) -> int | None:
        """The highest price."""
        return max((price.amount for price in self.prices), default=None)


@dataclass(frozen=True, slots=True)
class Planned:
    """What becomes of one product. `before` and `after` are equal where nothing changes; None: there is no such slug.

    `problem`: why it is refused, as the type of a problem.
    """

    slug: str
    outcome: Outcome
    before: Product | None = None
    after: Product | None = None
    problem: str | None = None


@dataclass
class Room:
    """What the products before have left: variants whose prices may be changed, places in collections."""

    variants: int = MOST_VARIANTS
    places: dict[UUID, int] = field(default_factory=dict)


def plan_all(
    rows: Sequence[tuple[str, int | None]], found: Mapping[str, Product], wish: Wish, places: Mapping[UUID, int]
) -> list[Planned]:
    """Each slug with the version that is expected, in their order. places: how many are free in each collection."""
    room = Room(places=dict(places))
    return [_plan(slug, found.get(slug), expected, wish, room) for slug, expected in rows]


def _plan(slug: str, product: Product | None, expected: int | None, wish: Wish, room: Room) -> Planned:
    if product is None:
        return Planned(slug, "not_found")
    problem = _problem(product, expected, wish, room)
    after = product if problem else _after(product, wish)
    problem = problem or _problem_after(after)
    if problem:
        return Planned(slug, "refused", product, product, problem)
    room.variants -= product.variants if wish.price else 0
    for collection in after.collections:
        if collection not in product.collections:
            room.places[collection] -= 1
    return Planned(slug, "unchanged" if after == product else "changed", product, after)


def _problem(product: Product, expected: int | None, wish: Wish, room: Room) -> str | None:
    if expected not in {None, product.version}:
        return "version-changed"
    if wish.price and product.variants > room.variants:
        return "too-many-variants"
    entered = [each for each in wish.add_to if each not in product.collections]
    if any(room.places[each] < 1 for each in entered):
        return "collection-full"
    return None


def _problem_after(product: Product) -> str | None:
    if len(product.tags) > MOST_TAGS:
        return "too-many-tags"
    if any(not 0 <= price.amount <= MAX_AMOUNT for price in product.prices):
        return "price-out-of-range"
    return None


def _after(product: Product, wish: Wish) -> Product:
    tags = [tag for tag in product.tags if tag not in wish.remove_tags]
    added = [tag for tag in wish.add_tags if tag not in tags]
    left = [each for each in product.collections if each not in wish.remove_from]
    return replace(
        product,
        status=wish.status or product.status,
        # Whoever decides the status by hand takes the moment away.
        scheduled=product.scheduled and wish.status is None,
        vendor=product.vendor if wish.vendor is None else wish.vendor,
        product_type=product.product_type if wish.product_type is None else wish.product_type,
        tags=(*tags, *added),
        prices=tuple(_price(price, wish.price) for price in product.prices) if wish.price else product.prices,
        collections=(*left, *(each for each in wish.add_to if each not in left)),
    )


def _price(price: VariantPrice, change: PriceChange) -> VariantPrice:
    """The new price: parts of the smallest unit are rounded, halves up."""
    scaled = (price.amount * (WHOLE + change.percent) * 2 + WHOLE) // (2 * WHOLE)
    amount = scaled + change.amount
    before = {"keep": price.compare_at, "former": price.amount, "remove": None}[change.compare_at]
    return replace(price, amount=amount, compare_at=before if before is not None and before > amount else None)

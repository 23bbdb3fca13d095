"""What the catalog and the shop answer, as far as pages show it."""

from __future__ import annotations

from datetime import datetime

import msgspec

from chassis.values import Money


class ImageSize(msgspec.Struct, frozen=True):
    """One of the sizes of an image."""

    url: str
    width: int


class Image(msgspec.Struct, frozen=True):
    """An image; `width` and `height` are null where it fits any size, or is not fetched yet."""

    url: str
    alt: str = ""
    width: int | None = None
    height: int | None = None
    sizes: list[ImageSize] = []
    source_url: str | None = None
    """Where an import says that it is; of lists it is not known."""

    @property
    def here(self) -> bool:
        """Whether it is the image itself: in the place of one that is not fetched, or cannot be, is a placeholder."""
        return self.width is not None or self.source_url is None


class Card(msgspec.Struct, frozen=True):
    """A product in a list."""

    slug: str
    title: str
    vendor: str
    image: Image | None
    price_from: Money
    price_to: Money
    compare_at: Money | None
    in_stock: bool


class Cards(msgspec.Struct, frozen=True):
    """A part of a list of products."""

    items: list[Card]
    next_cursor: str | None = None


class Variant(msgspec.Struct, frozen=True):
    """A variant of a product; `available` null: as many as wanted."""

    sku: str
    title: str
    option_values: list[str]
    price: Money | None
    compare_at: Money | None
    in_stock: bool
    available: int | None

    @property
    def buyable(self) -> bool:
        """Whether it can be had."""
        return self.in_stock and self.price is not None


class Product(msgspec.Struct, frozen=True):
    """A product with what is sold of it."""

    slug: str
    title: str
    description_html: str
    vendor: str
    product_type: str
    options: list[str]
    images: list[Image]
    seo_title: str
    seo_description: str
    variants: list[Variant]

    @property
    def pictures(self) -> list[Image]:
        """The images that are here."""
        return [each for each in self.images if each.here]


class Named(msgspec.Struct, frozen=True):
    """A collection in a list."""

    slug: str
    title: str


class Collections(msgspec.Struct, frozen=True):
    """A part of the list of collections."""

    items: list[Named]
    next_cursor: str | None = None


class Collection(msgspec.Struct, frozen=True):
    """A collection without its products."""

    slug: str
    title: str
    description_html: str
    seo_title: str
    seo_description: str


class Category(msgspec.Struct, frozen=True):
    """A category of the tree."""

    id: str
    parent_id: str | None
    depth: int
    slug: str
    title: str
    products: int


class Categories(msgspec.Struct, frozen=True):
    """The tree of categories, parents first."""

    items: list[Category]


class FacetValue(msgspec.Struct, frozen=True):
    """A value to filter by, and how many products it would leave."""

    value: str
    products: int


class Facets(msgspec.Struct, frozen=True):
    """What a list of products can be narrowed by."""

    products: int
    types: list[FacetValue]
    vendors: list[FacetValue]
    tags: list[FacetValue]
    in_stock: int
    lowest_price: Money | None
    highest_price: Money | None


class Heading(msgspec.Struct, frozen=True):
    """That the shop has a text."""

    kind: str
    language: str
    title: str


class Policy(Heading, frozen=True):
    """A text of the shop: plain, or Markdown."""

    body: str
    updated_at: datetime


class Colours(msgspec.Struct, frozen=True):
    """The shop's colours, such as #2a5c4d."""

    primary: str
    accent: str
    background: str


class Shop(msgspec.Struct, frozen=True):
    """What everybody may know of the shop."""

    name: str
    logo_url: str | None
    colours: Colours
    currencies: list[str]
    languages: list[str]
    policies: list[Heading]


class Found(msgspec.Struct, frozen=True):
    """Where an address leads; null: nowhere."""

    to_path: str | None

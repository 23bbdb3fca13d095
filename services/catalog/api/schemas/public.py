"""What shoppers ask for and get. Bare amounts are minor units (cents).

Lists and products are made as JSON values, in the order of the model's fields: to make and check a model of each card,
price and image takes longer than all the rest. What a model would write is the same to the byte, which tests see to.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from catalog.api.schemas.images import Image, ImagePath, Thumbnail, image, image_path, thumbnail
from catalog.domain.products import MAX_AMOUNT, variant_title
from catalog.domain.translations import LANGUAGE
from catalog.store.browse import Card
from catalog.store.pages import Product, Variant
from chassis.web import ABOUT_CURSOR, Currency, Cursor, Model, MoneyModel, Page, SingleLine

# One line: no control characters, no line or paragraph separators.
ONE_LINE = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]*$"
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255, pattern=ONE_LINE)]
Price = Annotated[int, Field(ge=0, le=MAX_AMOUNT, description="Minor units (cents)", examples=[2500])]
Sku = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=ONE_LINE),
    Field(examples=["FIFTH-3040-OAK"]),
]
Slug = Annotated[str, Field(pattern="^[a-z0-9]+(-[a-z0-9]+)*$", max_length=200, examples=["perfect-fifth"])]
Available = Annotated[
    int | None, Field(ge=0, description="Units that may be ordered now; null: as many as wanted", examples=[12])
]


Language = Annotated[
    str,
    StringConstraints(pattern=LANGUAGE, max_length=5),
    Field(description="One of the shop's: `de`, or `de-AT`, which falls back to `de`", examples=["de"]),
]
_IN_LANGUAGE = "Texts in this language, as far as there are; the shop's own if not given"


class ProductQuery(Model):
    """Filters, order and place of a list of products."""

    search: SingleLine | None = Field(
        default=None,
        description="Words, beginnings of words, or an SKU; neither case nor accents nor a small typo matter",
        examples=["perfect fifth"],
    )
    type: Name | None = Field(default=None, description="Exactly this product type", examples=["Pendulum"])
    vendor: Name | None = Field(default=None, description="Exactly this vendor")
    tag: Name | None = Field(default=None, description="Has exactly this tag")
    min_price: Price | None = Field(default=None, description="Has a variant at this price or above, in minor units")
    max_price: Price | None = Field(default=None, description="Has a variant at this price or below, in minor units")
    in_stock: bool | None = Field(default=None, description="Whether at least one variant can be ordered")
    category: Slug | None = Field(default=None, description="In this category, or below it", examples=["prints"])
    collection: Slug | None = Field(default=None, description="In this collection", examples=["warm-lines"])
    sort: Literal["newest", "title", "price", "-price"] = Field(default="newest", description="`-price`: dearest first")
    currency: Currency | None = Field(
        default=None, description="Of the prices, one that the shop sells in; its default if not given"
    )
    language: Language | None = Field(
        default=None, description=f"{_IN_LANGUAGE}. A search finds words of it, too", examples=["de"]
    )
    limit: int = Field(default=20, ge=1, le=100, description="How many items at most")
    cursor: Cursor | None = Field(default=None, description=ABOUT_CURSOR)


class ProductChoice(Model):
    """How one product is to be shown."""

    currency: Currency | None = Field(
        default=None, description="Of the prices, one that the shop sells in; its default if not given"
    )
    language: Language | None = Field(default=None, description=_IN_LANGUAGE, examples=["de"])


class ProductCard(Model):
    """A product in a list."""

    id: UUID
    slug: Slug
    title: str = Field(examples=["Perfect Fifth"])
    vendor: str = Field(examples=["Nadim Orrel"])
    product_type: str = Field(examples=["Pendulum"])
    tags: list[str] = Field(examples=[["warm", "line", "music"]])
    image: Thumbnail | None
    price_from: MoneyModel
    price_to: MoneyModel
    compare_at: MoneyModel | None = Field(description="What the cheapest variant cost before")
    in_stock: bool


def card(found: Card, currency: str) -> dict[str, Any]:
    """A ProductCard as JSON values."""
    return {
        "id": found.id,
        "slug": found.slug,
        "title": found.title,
        "vendor": found.vendor,
        "product_type": found.product_type,
        "tags": found.tags,
        "image": found.media_id and thumbnail(found.media_id, found.alt or "", found.width, found.height, found.widths),
        "price_from": money(found.price_from, currency),
        "price_to": money(found.price_to, currency),
        "compare_at": money(found.compare_at, currency),
        "in_stock": found.in_stock,
    }


class ProductPage(Page[ProductCard]):
    """A part of the list of products."""


class VariantView(Model):
    """A variant of a product. `price` is null where it is not sold in this currency."""

    id: UUID
    sku: Sku
    title: str = Field(
        description="What tells it from its siblings; empty if it has none", examples=["30 \u00d7 40 cm / Oak frame"]
    )
    option_values: list[str] = Field(
        description="In the order of the product's `options`", examples=[["30 \u00d7 40 cm", "Oak frame"]]
    )
    price: MoneyModel | None
    compare_at: MoneyModel | None
    weight_grams: int | None = Field(examples=[1430])
    barcode: str | None = Field(examples=[None])
    requires_shipping: bool
    image_url: ImagePath | None
    in_stock: bool
    available: Available


def variant_view(variant: Variant, currency: str) -> dict[str, Any]:
    """A VariantView as JSON values."""
    _, amount, compare_at = next((price for price in variant.prices if price[0] == currency), ("", None, None))
    return {
        "id": variant.id,
        "sku": variant.sku,
        "title": variant_title(variant.option_values),
        "option_values": variant.option_values,
        "price": money(amount, currency),
        "compare_at": money(compare_at, currency),
        "weight_grams": variant.weight_grams,
        "barcode": variant.barcode,
        "requires_shipping": variant.requires_shipping,
        "image_url": variant.media_id and image_path(variant.media_id),
        "in_stock": variant.in_stock,
        "available": variant.available,
    }


class ProductFields(Model):
    """A product without its variants."""

    id: UUID
    slug: Slug
    title: str = Field(examples=["Perfect Fifth"])
    description_html: str = Field(
        description="p br ul ol li strong em b i h2 h3 h4 a", examples=["<p>Ink on paper.</p>"]
    )
    vendor: str = Field(examples=["Nadim Orrel"])
    product_type: str = Field(examples=["Pendulum"])
    tags: list[str] = Field(examples=[["warm", "line", "music"]])
    options: list[str] = Field(examples=[["Size", "Frame"]])
    images: list[Image]
    seo_title: str = Field(
        description="What search engines show as its title; empty: `title`",
        examples=["Perfect Fifth, a pendulum print"],
    )
    seo_description: str = Field(
        description="What search engines show below it; empty: a part of the description",
        examples=["Drawn by a pendulum, signed and numbered."],
    )
    updated_at: datetime


class ProductView(ProductFields):
    """A product with all that is sold of it."""

    variants: list[VariantView]


def product_view(product: Product, currency: str) -> dict[str, Any]:
    """A ProductView as JSON values."""
    shown = [variant_view(variant, currency) for variant in product.variants if variant.active]
    return product_fields(product) | {"variants": shown}


class CategoryView(Model):
    """A product type. Pass it as `type` to list its products."""

    type: str = Field(examples=["Pendulum"])
    products: int = Field(examples=[5])


class Categories(Model):
    """All product types, by name."""

    items: list[CategoryView]


class StockView(Model):
    """What can be ordered of a variant now."""

    sku: Sku
    variant_id: UUID
    in_stock: bool
    available: Available


class StockList(Model):
    """The stock of those that were asked for and are sold."""

    items: list[StockView]


def money(amount: int | None, currency: str) -> dict[str, Any] | None:
    """A MoneyModel as JSON values."""
    return None if amount is None else {"amount": amount, "currency": currency}


def product_fields(product: Product) -> dict[str, Any]:
    """The ProductFields of a product as JSON values."""
    own = {name: getattr(product, name) for name in ProductFields.model_fields}
    return own | {"images": [image(each) for each in product.images]}

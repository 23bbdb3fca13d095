"""Products as they are to be, as they stand, and what makes the one out of the other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

_SLUG = re.compile("[a-z0-9]+(-[a-z0-9]+)*")


# What a draft may say of a product and of a variant; what it does not say stays as it is.
PRODUCT_FIELDS = frozenset("title description_html vendor product_type tags options status media".split())
VARIANT_FIELDS = frozenset(
    "price compare_at weight_grams barcode requires_shipping taxable tracked backorder quantity image".split()
)


@dataclass(frozen=True)
class MediaDraft:
    """An image by its address, or by the digest and type of its content. `alt` None: what it is called stays."""

    source_url: str | None = None
    digest: str | None = None
    content_type: str | None = None
    alt: str | None = ""

    @property
    def key(self) -> str:
        """What makes it the same image at the next import."""
        return self.source_url or self.digest or ""


@dataclass(frozen=True)
class VariantDraft:
    """A variant to be. Amounts in minor units. `image` is the key of a MediaDraft. `given` names what counts of it.

    sku: as the source writes it, empty where it does not; `derived_sku` is for one that has none of its own.
    shared: other variants of the source bear this SKU too, so it tells none of them.
    quantity None: not counted. row: where it was read, for the report. shared_sku: the SKU that it would have, were it
    not another's; set by the import itself.
    """

    sku: str
    option_values: tuple[str, ...]
    price: int | None
    compare_at: int | None = None
    weight_grams: int | None = None
    barcode: str | None = None
    requires_shipping: bool = True
    taxable: bool = True
    tracked: bool = True
    backorder: bool = False
    quantity: int | None = None
    image: str | None = None
    row: int = 1
    derived_sku: str = ""
    shared: bool = False
    shared_sku: str | None = None
    given: frozenset[str] = VARIANT_FIELDS


@dataclass(frozen=True)
class ProductDraft:
    """A product to be. `given` names what counts of it.

    whole: all its variants and images are here, so that one it lacks has left it. hidden: it is no longer shown, if it
    was. named: which of the options have a name of their own. rows: where it was read, the row that speaks for the
    product first. slug_made: it was made from the title, which may be that of a product with another one.
    """

    slug: str
    title: str
    description_html: str
    vendor: str
    product_type: str
    tags: tuple[str, ...]
    options: tuple[str, ...]
    status: str
    media: tuple[MediaDraft, ...]
    variants: tuple[VariantDraft, ...]
    whole: bool = True
    hidden: bool = False
    named: tuple[bool, ...] | None = None
    rows: tuple[int, ...] = (1,)
    given: frozenset[str] = PRODUCT_FIELDS
    slug_made: bool = False

    @property
    def fields(self) -> tuple[object, ...]:
        """What the product's own row says, in the order of ProductState.fields."""
        lists = (list(self.tags), list(self.options))
        return (self.title, self.description_html, self.vendor, self.product_type, *lists, self.status)


@dataclass(frozen=True)
class MediaState:
    """An image as it stands."""

    id: UUID
    key: str
    position: int
    alt: str


@dataclass(frozen=True)
class VariantState:
    """A variant as it stands; price and compare_at in the currency of the import, None where it has none."""

    id: UUID
    sku: str
    option_values: tuple[str, ...]
    position: int
    weight_grams: int | None
    barcode: str | None
    requires_shipping: bool
    taxable: bool
    media_id: UUID | None
    active: bool
    price: int | None
    compare_at: int | None
    shared_sku: str | None = None

    @property
    def skus(self) -> frozenset[str]:
        """The SKU it has, and the one that it would have, were that not another's."""
        return frozenset({self.sku, self.shared_sku or self.sku})


@dataclass(frozen=True)
class ProductState:
    """A product as it stands, with all variants it ever had."""

    id: UUID
    slug: str
    fields: tuple[object, ...]
    media: tuple[MediaState, ...] = ()
    variants: tuple[VariantState, ...] = ()
    options: tuple[str, ...] = ()

    @property
    def active(self) -> tuple[VariantState, ...]:
        return tuple(variant for variant in self.variants if variant.active)


def variant_title(option_values: Sequence[str]) -> str:
    """What tells a variant from its siblings, for people: "30 x 40 cm / Oak"; empty for a product without a choice."""
    return " / ".join(option_values)


def is_slug(text: str) -> bool:
    """Whether a product can have this slug."""
    return len(text) <= 200 and _SLUG.fullmatch(text) is not None

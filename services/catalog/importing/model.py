"""The values of an import: products in a file (drafts), products in the catalog (states), and findings."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

Severity = Literal["refused", "changed", "notice"]

# The fields that a file may give of a product and of a variant; others are not changed.
PRODUCT_FIELDS = frozenset("title description_html vendor product_type tags options status tax_class media".split())
VARIANT_FIELDS = frozenset(
    "price compare_at weight_grams barcode requires_shipping taxable tracked backorder quantity image".split()
)
# The columns of a product's own row that an import writes.
PRODUCT_COLUMNS = ("title", "description_html", "vendor", "product_type", "tags", "options", "status", "tax_class")


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One finding, for the merchant's report.

    row: the record's number as a spreadsheet shows it: the header is row 1, a record that spans several lines is
        one row, blank lines count. It is not the line number of a text editor. Findings about the file have row 1.
    handle: the product's canonical handle; empty where the row names none.
    column: the column's name as the file writes it, or None for the whole row.
    code: stable slug, for grouping and tests.
    message: what happened and what to do next.
    severity: `refused` the row was not imported; `changed` a value was imported with a change; `notice` nothing was
        changed, but the merchant should know.
    """

    row: int
    handle: str
    column: str | None
    code: str
    message: str
    severity: Severity


@dataclass(frozen=True, slots=True)
class MediaDraft:
    """An image by its URL, or by the digest and type of its content. `alt` None: the stored one is kept.

    stored: the key of the stored image that it is, where the file names that by its address in this shop.
    """

    source_url: str | None = None
    digest: str | None = None
    content_type: str | None = None
    alt: str | None = ""
    stored: str | None = None

    @property
    def key(self) -> str:
        """The identity of the image in a later import."""
        return self.stored or self.source_url or self.digest or ""


@dataclass(frozen=True, slots=True)
class VariantDraft:
    """A variant in a file. Amounts in minor units. `given` has the names of the fields in the file; the others have
    the values of a new variant.

    sku: as the source writes it, empty where it does not; `derived_sku` is for one that has none of its own.
    option_values: in the order of the product's options. image: the key of a MediaDraft.
    tracked: its units are counted; quantity None: they are not. backorder: sold on when none is left.
    row: where it was read, for the report. shared: other variants of the source have this SKU too, so it identifies
    none of them.
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
    given: AbstractSet[str] = VARIANT_FIELDS


@dataclass(frozen=True, slots=True)
class ProductDraft:
    """A product in a file. `given` has the names of the fields in the file; the other fields have the values of a new
    product.

    slug: `[a-z0-9]+(-[a-z0-9]+)*`, unique in the file. options: empty for a product without a choice.
    whole: all its variants and images are in the file, so that one that is not has left it. hidden: the file says that
    it is not shown. named: which of the options have a name of their own; None: all. rows: where it was read, the row
    with the product's own fields first. slug_made: made from the title, so the product may be here under another slug.
    """

    slug: str
    title: str = ""
    description_html: str = ""
    vendor: str = ""
    product_type: str = ""
    tags: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    status: str = "draft"
    media: tuple[MediaDraft, ...] = ()
    variants: tuple[VariantDraft, ...] = ()
    whole: bool = True
    hidden: bool = False
    named: tuple[bool, ...] | None = None
    rows: tuple[int, ...] = (1,)
    given: AbstractSet[str] = PRODUCT_FIELDS
    slug_made: bool = False
    tax_class: str = "standard"


@dataclass(frozen=True, slots=True)
class MediaState:
    """A stored image. `uploaded`: by staff, so no file of an import can name it."""

    id: UUID
    key: str
    position: int
    alt: str
    uploaded: bool


@dataclass(frozen=True, slots=True)
class VariantState:
    """A variant as it is stored, or is planned; price and compare_at in the currency of the import, None where it has
    none. shared_sku: the SKU that the file gives it and that another variant has.
    """

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
        """Its SKU, and the one that it claims if another variant has it."""
        return frozenset({self.sku, self.shared_sku or self.sku})

    @property
    def columns(self) -> tuple[object, ...]:
        """Its own row but for the id, in the order of the statements that write it."""
        choice = (self.sku, self.option_values, self.position, self.weight_grams, self.barcode)
        return (*choice, self.requires_shipping, self.taxable, self.media_id, self.active, self.shared_sku)


@dataclass(frozen=True, slots=True)
class ProductState:
    """A stored product, with all its variants, retired ones included."""

    id: UUID
    slug: str
    title: str = ""
    description_html: str = ""
    vendor: str = ""
    product_type: str = ""
    tags: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    status: str = "draft"
    media: tuple[MediaState, ...] = ()
    variants: tuple[VariantState, ...] = ()
    tax_class: str = "standard"

    @property
    def active(self) -> tuple[VariantState, ...]:
        """The variants that are not retired."""
        return tuple(variant for variant in self.variants if variant.active)

    @property
    def columns(self) -> tuple[object, ...]:
        """Its own row but for id and slug, in the order of PRODUCT_COLUMNS."""
        return tuple(getattr(self, name) for name in PRODUCT_COLUMNS)

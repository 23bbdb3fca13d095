"""What reading an export yields. Plain frozen values: no behaviour, safe to keep, compare and serialise."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

MAX_BYTES = 20 * 1024 * 1024
MAX_ROWS = 100_000
MAX_COLUMNS = 5_000
MAX_CELL = 70_000  # characters of any cell but the description: the tags may fill it
MAX_VARIANTS = 2_048  # of one product: what Shopify itself allows
MAX_IMAGES = 250  # of one product: what Shopify itself allows
MAX_MINOR = 999_999_999_999  # a price in minor units, well inside int8
MAX_QUANTITY = 1_000_000_000  # inside int4
MAX_GRAMS = 1_000_000_000  # inside int4
MAX_HANDLE = 200
MAX_SKU = 100
MAX_LINE = 255  # title, vendor, type, one tag, option name, option value
MAX_TAGS = 250
MAX_BARCODE = 64
MAX_ALT = 512
MAX_URL = 2_048
MAX_HTML = 100_000

Status = Literal["active", "draft", "archived"]
Severity = Literal["refused", "changed", "notice"]


class NotAnExport(Exception):
    """The file as a whole cannot be read as a Shopify product export.

    `message` is for the merchant: what the file seems to be, what was expected, what to do next.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One finding, for the merchant's report.

    row: the record's number as a spreadsheet shows it: the header is row 1, a record that spans several lines is
        one row, blank lines count. It is not the line number of a text editor. Findings about the file have row 1.
    handle: the product's canonical handle; empty where the row names none.
    column: the column's name as the file writes it, or None where the whole row is meant.
    code: stable slug, for grouping and tests.
    message: what happened and what to do next.
    severity: `refused` nothing of this row was taken; `changed` taken, but not as written; `notice` taken as
        written, worth knowing.
    """

    row: int
    handle: str
    column: str | None
    code: str
    message: str
    severity: Severity


class UnclearEncoding(NotAnExport):
    """Its text can be read in several ways. candidates: encoding and how a line of the file reads in it, likeliest
    first.
    """

    def __init__(self, message: str, candidates: list[tuple[str, str]]) -> None:
        super().__init__(message)
        self.candidates = candidates


@dataclass(frozen=True, slots=True)
class ImportedImage:
    """url: absolute http(s), not fetched, not known to exist. position: 1, 2, 3, ... without gaps. alt None: the file
    does not say.
    """

    url: str
    position: int
    alt: str | None


@dataclass(frozen=True, slots=True)
class ImportedVariant:
    """price, compare_at_price: minor units of the currency asked for; None where the file gives none.

    given: which of the fields the file gives (names of VariantDraft); the others hold what a new variant gets.
    given_sku: as the file writes it, empty where it does not; `shared`: other variants of the file have it too.
    sku is unique in the export; `sku_derived` says that it was made from handle and option values (the same values
    make the same SKU next time). option_values runs parallel to the product's options. quantity is None exactly
    when `tracked` is False: sold without counting. backorder: sold on when the stock is used up. image_url, when
    given, is the url of one of the product's images.
    """

    sku: str
    sku_derived: bool
    option_values: list[str]
    price: int | None
    compare_at_price: int | None
    weight_grams: int | None
    barcode: str | None
    tracked: bool
    quantity: int | None
    backorder: bool
    requires_shipping: bool
    taxable: bool
    image_url: str | None
    row: int
    given: frozenset[str] = frozenset()
    given_sku: str = ""
    shared: bool = False


@dataclass(frozen=True, slots=True)
class ImportedProduct:
    """handle: canonical slug, `[a-z0-9]+(-[a-z0-9]+)*`, unique in the export.

    given: which of the fields the file gives (names of ProductDraft); the others hold what a new product gets. whole:
    the file holds the product's first row, and so all of it. hidden: the file says that it is not shown. named: which
    options have a name. row: the one that speaks for the product. handle_made: no row names one, so it is the title's.
    description_html holds only p br ul ol li strong em b i h2 h3 h4 and a[href http, https, mailto]. options is empty
    for a product without a choice (Shopify's "Title / Default Title"). source_rows: the rows it was read from,
    ascending, numbered as in RowProblem.
    """

    handle: str
    title: str
    description_html: str
    vendor: str
    product_type: str
    tags: list[str]
    status: Status
    options: list[str]
    images: list[ImportedImage]
    variants: list[ImportedVariant]
    source_rows: list[int]
    given: frozenset[str] = frozenset()
    whole: bool = True
    hidden: bool = False
    named: tuple[bool, ...] = ()
    row: int = 1
    handle_made: bool = False


@dataclass(frozen=True, slots=True)
class Export:
    """rows: how many records with content the file has below its header.

    Each of them is in exactly one place: the source_rows of one product, one of `lines`, or a problem of severity
    `refused`. lines: variants that the file names by SKU alone. stock_only: it tells of nothing but stock.
    problems are in the order of their rows.
    """

    products: list[ImportedProduct]
    problems: list[RowProblem]
    rows: int
    lines: list[ImportedVariant] = field(default_factory=list)
    stock_only: bool = False

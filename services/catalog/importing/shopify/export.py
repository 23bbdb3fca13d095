"""The result of reading an export, the errors of it, and its limits."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.importing.model import ProductDraft, RowProblem, VariantDraft

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


class NotAnExport(Exception):
    """The file as a whole cannot be read as a Shopify product export.

    `message` is for the merchant: what the file seems to be, what was expected, what to do next.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class UnclearEncoding(NotAnExport):
    """The file has several possible encodings. candidates: each encoding with a line of the file in it, the likeliest
    first.
    """

    def __init__(self, message: str, candidates: list[tuple[str, str]]) -> None:
        super().__init__(message)
        self.candidates = candidates


@dataclass(frozen=True, slots=True)
class Export:
    """The content of a file: products, or variants by SKU only; and the findings.

    rows: how many records with content the file has below its header.

    Each of them is in exactly one place: the rows of one product, one of `lines`, or a problem of severity `refused`;
    only a product's first row is in two if it has nothing but an invalid image URL.
    lines: variants that the file names by SKU alone. stock_only: the file has no columns but those of stock.
    problems are in the order of their rows.
    """

    products: list[ProductDraft]
    problems: list[RowProblem]
    rows: int
    lines: list[VariantDraft]
    stock_only: bool

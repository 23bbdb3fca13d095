"""Imports of products. `import_export` takes a Shopify export, `import_products` drafts; both may be repeated."""

from __future__ import annotations

from catalog.importing.batch import COUNTS, ImportOptions, ImportResult
from catalog.importing.model import MediaDraft, ProductDraft, RowProblem, Severity, VariantDraft
from catalog.importing.products import Reading, count, import_export, import_part, import_products, parts_of, read_file
from catalog.importing.shopify import (
    MAPPABLE,
    MARK,
    Inspected,
    Layout,
    NotAnExport,
    UnclearEncoding,
    guarded,
    guarded_code,
    inspect,
    joined,
    sanitise_html,
)

__all__ = [
    "COUNTS",
    "MAPPABLE",
    "MARK",
    "ImportOptions",
    "ImportResult",
    "Inspected",
    "Layout",
    "MediaDraft",
    "NotAnExport",
    "ProductDraft",
    "Reading",
    "RowProblem",
    "Severity",
    "UnclearEncoding",
    "VariantDraft",
    "count",
    "guarded",
    "guarded_code",
    "import_export",
    "import_part",
    "import_products",
    "inspect",
    "joined",
    "parts_of",
    "read_file",
    "sanitise_html",
]

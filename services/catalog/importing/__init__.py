"""Imports of products. `import_export` takes a Shopify export, `import_products` drafts; both may be repeated."""

from __future__ import annotations

from catalog.importing.batch import COUNTS, ImportOptions, ImportResult
from catalog.importing.model import MediaDraft, ProductDraft, RowProblem, Severity, VariantDraft
from catalog.importing.products import import_export, import_products
from catalog.importing.shopify import NotAnExport, UnclearEncoding, sanitise_html

__all__ = [
    "COUNTS",
    "ImportOptions",
    "ImportResult",
    "MediaDraft",
    "NotAnExport",
    "ProductDraft",
    "RowProblem",
    "Severity",
    "UnclearEncoding",
    "VariantDraft",
    "import_export",
    "import_products",
    "sanitise_html",
]

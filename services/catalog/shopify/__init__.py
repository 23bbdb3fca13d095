"""Reading Shopify product exports. `read_export` is the door; the rest of the names are what it answers with."""

from __future__ import annotations

from catalog.shopify.model import (
    Export,
    ImportedImage,
    ImportedProduct,
    ImportedVariant,
    NotAnExport,
    RowProblem,
    UnclearEncoding,
)
from catalog.shopify.reader import read_export
from catalog.shopify.sanitise import sanitise_html

__all__ = [
    "Export",
    "ImportedImage",
    "ImportedProduct",
    "ImportedVariant",
    "NotAnExport",
    "RowProblem",
    "UnclearEncoding",
    "read_export",
    "sanitise_html",
]

"""Reads Shopify product exports: `read_export` makes an `Export` of a file's bytes, without database or network."""

from __future__ import annotations

from catalog.importing.shopify.columns import MARK
from catalog.importing.shopify.descriptions import sanitise_html
from catalog.importing.shopify.export import Export, NotAnExport, UnclearEncoding
from catalog.importing.shopify.guards import guarded, guarded_code, joined
from catalog.importing.shopify.inspecting import MAPPABLE, Inspected, inspect
from catalog.importing.shopify.reader import Layout, read_export

__all__ = [
    "MAPPABLE",
    "MARK",
    "Export",
    "Inspected",
    "Layout",
    "NotAnExport",
    "UnclearEncoding",
    "guarded",
    "guarded_code",
    "inspect",
    "joined",
    "read_export",
    "sanitise_html",
]

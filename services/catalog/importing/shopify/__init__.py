"""Reads Shopify product exports: `read_export` makes an `Export` of a file's bytes, without database or network."""

from __future__ import annotations

from catalog.importing.shopify.descriptions import sanitise_html
from catalog.importing.shopify.export import Export, NotAnExport, UnclearEncoding
from catalog.importing.shopify.reader import read_export

__all__ = ["Export", "NotAnExport", "UnclearEncoding", "read_export", "sanitise_html"]

"""The export of products: a CSV file that an import takes in again as it was."""

from __future__ import annotations

from catalog.exporting.api import router

__all__ = ["router"]

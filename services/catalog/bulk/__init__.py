"""Edits of many products at once, with a preview and a result for each."""

from __future__ import annotations

from catalog.bulk.api import router

__all__ = ["router"]

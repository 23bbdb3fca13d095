"""The stockroom: edits of the stock of several variants with a reason, its history, and what is running low."""

from __future__ import annotations

from catalog.stockroom.api import router
from catalog.stockroom.store import count_low

__all__ = ["count_low", "router"]

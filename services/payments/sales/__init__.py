"""What the ledger has of each order, for those who make sales figures of it."""

from __future__ import annotations

from payments.sales.api import router

__all__ = ["router"]

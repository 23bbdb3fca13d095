"""What was sold with each order, and what refunds gave back, for those who make sales figures of it."""

from __future__ import annotations

from orders.sales.api import router
from orders.sales.lines import country_of, refunded_lines, sold_lines

__all__ = ["country_of", "refunded_lines", "router", "sold_lines"]

"""The pages for customers: the pay page and the 3-D Secure page. `rendering` fills their templates."""

from __future__ import annotations

__all__ = ["pay_page", "rendering"]

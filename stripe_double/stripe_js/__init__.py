"""The double's Stripe.js: its scripts, the pages of its frames, and the `routes` that serve them."""

from __future__ import annotations

__all__ = ["routes"]

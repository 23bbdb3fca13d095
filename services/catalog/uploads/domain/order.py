"""The order in which the pictures of a product are shown."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

# As many as an export of Shopify may name for one product.
MOST = 250


def names_each_once(present: Sequence[UUID], wanted: Sequence[UUID]) -> bool:
    """Whether the order has each picture of the product once, and no other."""
    return sorted(present) == sorted(wanted)

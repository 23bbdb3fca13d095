"""A shop for the tests of this room."""

from __future__ import annotations

import pytest

from catalog.tests.collections.shelf import Shelf
from catalog.tests.shop import Shop
from chassis.testing import hold_work


@pytest.fixture
async def shelf(shop: Shop) -> Shelf:
    """Only what a test calls compares products with rules."""
    await hold_work(shop.db, "catalog.keep_collections")
    return Shelf(shop)

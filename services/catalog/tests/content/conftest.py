"""A shop for the tests of this room."""

from __future__ import annotations

import pytest

from catalog.tests.content.desk import Desk
from catalog.tests.shop import PRINT, Shop


@pytest.fixture
async def desk(shop: Shop) -> Desk:
    """Who writes texts, in a shop with one product."""
    await shop.stock_up(PRINT)
    return await Desk.of(shop)

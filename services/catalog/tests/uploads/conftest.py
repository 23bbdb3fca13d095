"""A shop with a product, and staff who care for its pictures."""

from __future__ import annotations

import pytest

from catalog.tests.shop import PRINT, Shop
from catalog.tests.uploads.desk import Desk


@pytest.fixture
async def desk(shop: Shop) -> Desk:
    await shop.stock_up(PRINT)
    return Desk(shop)

"""Holding, selling and giving back: what orders may rely on."""

from __future__ import annotations

from uuid import UUID

import pytest

from catalog.tests.shop import PRINT, Shop, simple
from catalog.usecases.expire_reservations import expire_reservations
from chassis.ids import uuid7


async def test_a_hold_takes_units_out_of_what_is_available(shop: Shop):
    await shop.stock_up(PRINT)
    order = uuid7()
    held = await shop.reserve(order, TIDE_30=3, TIDE_50=1)
    assert held.status_code == 200
    assert held.json() == {"order_id": str(order), "status": "held", "expires_at": held.json()["expires_at"]}
    assert await shop.level("TIDE-30") == (10, 3)
    assert await shop.level("TIDE-50") == (5, 1)

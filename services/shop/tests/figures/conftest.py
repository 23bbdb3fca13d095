"""The service, beside orders and payments that hold what a test says."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from chassis.testing import RunningApp, hold_work, running_app
from chassis.testing.keys import Bench
from shop.tests.figures.ledger import Shop
from shop.tests.figures.sources import Sources, answering


@pytest.fixture
async def sales(shop: RunningApp) -> Shop:
    return Shop(shop)


@pytest.fixture
async def sources() -> AsyncIterator[Sources]:
    async with answering() as made:
        yield made


@pytest.fixture
async def beside(bench: Bench, sources: Sources) -> AsyncIterator[Shop]:
    """Beside sources that answer. What is read at the beginning has been read."""
    async with running_app("shop", bench, urls={"catalog": ["http://127.0.0.1:9"], **sources.urls}) as service:
        made = Shop(service)
        await hold_work(service.ctx.db, "shop.read_sales")
        await made.read()
        sources.asked.clear()
        yield made

"""Orders alone, on an empty database: nothing here needs the catalog or payments."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from chassis.testing import RunningApp, running_app
from orders.tests.discounts.desk import Desk

_NOBODY = {"catalog": ["http://127.0.0.1:9"], "payments": ["http://127.0.0.1:9"]}


@pytest.fixture
def settings() -> dict[str, object]:
    """A module or test may override this: settings of the service."""
    return {}


@pytest.fixture
async def orders(bench, settings) -> AsyncIterator[RunningApp]:
    async with running_app("orders", bench, urls=_NOBODY, **settings) as service:
        yield service


@pytest.fixture
def desk(orders: RunningApp) -> Desk:
    return Desk(orders)

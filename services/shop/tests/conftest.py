"""A running service on an empty database, and staff of the shop."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from chassis.testing import RunningApp, running_app
from chassis.testing.keys import Bench
from shop.tests.receiver import Receiver, receiving

NOBODY = {name: ["http://127.0.0.1:9"] for name in ("catalog", "orders", "payments")}


@pytest.fixture
async def shop(bench: Bench) -> AsyncIterator[RunningApp]:
    async with running_app("shop", bench, urls=NOBODY, currencies="EUR,USD,GBP") as service:
        yield service


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as made:
        yield made

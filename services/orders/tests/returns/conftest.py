"""A running service with orders that were sent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from chassis.testing import running_app
from chassis.testing.keys import Bench
from orders.settings import RATES
from orders.tests.returns.counter import Counter


@pytest.fixture
async def counter(bench: Bench) -> AsyncIterator[Counter]:
    """Somebody reads its events; nobody answers it."""
    nobody = {name: ["http://127.0.0.1:9"] for name in ("catalog", "payments")}
    async with running_app(
        "orders", bench, urls=nobody, **dict.fromkeys(RATES, "100000/min"), followed_by=["reports"]
    ) as service:
        yield Counter(service, UUID(int=7))

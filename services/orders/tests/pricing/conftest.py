"""Orders alone, on an empty database, as staff of prices meets it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from chassis.testing import running_app
from chassis.testing.keys import Bench
from orders.tests.pricing.office import Office


@pytest.fixture
async def office(bench: Bench) -> AsyncIterator[Office]:
    rates = {"EUR": {"rate": 500}, "JPY": {"rate": 600}, "USD": {"rate": 700, "free_from": 10000}}
    async with running_app("orders", bench, currencies="EUR,JPY,USD", shipping_rates=rates) as service:
        yield Office(service)

"""A running service without its neighbours, and staff who work with its list."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from chassis.testing import running_app
from chassis.testing.keys import Bench
from orders.settings import RATES
from orders.tests.worklist.clerk import Clerk


@pytest.fixture
async def clerk(bench: Bench) -> AsyncIterator[Clerk]:
    nobody = {name: ["http://127.0.0.1:9"] for name in ("catalog", "payments")}
    async with running_app("orders", bench, urls=nobody, **dict.fromkeys(RATES, "100000/min")) as service:
        yield Clerk(service, UUID(int=7))

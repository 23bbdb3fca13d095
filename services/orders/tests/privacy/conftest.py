"""A town of people whose data may be erased; payments is a real one, with a database of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import pytest_asyncio

from chassis.testing import running_app
from orders.settings import RATES
from orders.tests.privacy.person import Town


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def town(bench, urls) -> AsyncIterator[Town]:
    async with running_app("orders", bench, urls=urls, **dict.fromkeys(RATES, "100000/min")) as service:
        yield Town(service, UUID(int=7))

"""A running service, and paid orders in its database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from chassis.testing import running_app
from chassis.testing.keys import Bench
from orders.settings import RATES
from orders.tests.fulfilment.desk import Desk


@pytest.fixture
def overrides() -> dict[str, object]:
    """A module may override this: settings of the service."""
    return {}


@pytest.fixture
async def desk(bench: Bench, overrides: dict[str, object]) -> AsyncIterator[Desk]:
    """Somebody reads its events; nobody answers it."""
    nobody = {name: ["http://127.0.0.1:9"] for name in ("catalog", "payments")}
    settings = {**dict.fromkeys(RATES, "100000/min"), "followed_by": ["reports"], **overrides}
    async with running_app("orders", bench, urls=nobody, **settings) as service:
        yield Desk(service, UUID(int=7))

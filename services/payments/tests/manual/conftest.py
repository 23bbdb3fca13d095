"""The service of a shop that takes bank transfers and cash."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from chassis.testing import running_app
from chassis.testing.keys import Bench
from payments.tests.conftest import attended, settings
from payments.tests.double import Double, Listener
from payments.tests.shop import Shop

MANUAL: dict[str, Any] = {
    "payment_methods": "card, bank_transfer,cash",
    "bank_transfer_instructions": "Pay to DE02 1203 0000 0000 2020 51 and name {number}.",
}


@pytest.fixture
async def till(bench: Bench, double: Double, listener: Listener) -> AsyncIterator[Shop]:
    async with running_app("payments", bench, **settings(double.url), **MANUAL) as app:
        yield await attended(Shop(app, double, listener))

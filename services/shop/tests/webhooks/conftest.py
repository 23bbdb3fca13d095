"""The service, beside a receiver that it may reach."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from chassis.testing import running_app
from chassis.testing.keys import Bench
from shop.tests.conftest import NOBODY
from shop.tests.receiver import Receiver
from shop.tests.webhooks.desk import Desk


@pytest.fixture
async def desk(bench: Bench, receiver: Receiver) -> AsyncIterator[Desk]:
    reach = {"webhook_ports": [receiver.port, 443], "webhook_networks": ["127.0.0.1/32"]}
    async with running_app("shop", bench, urls=NOBODY, **reach) as service:
        yield Desk(service, receiver)

"""Staff who draft orders in a running shop."""

from __future__ import annotations

import pytest

from orders.tests.drafts.agent import Agent
from orders.tests.shop import Shop


@pytest.fixture
def agent(shop: Shop) -> Agent:
    return Agent(shop)

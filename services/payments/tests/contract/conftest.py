from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from payments.tests.contract.side import DOUBLE, TEST_MODE, Side, opened
from payments.tests.double import Double, Listener, double_process


@pytest.fixture(scope="module")
def double_url(listener: Listener, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A double of their own: its clock is moved on."""
    with double_process(tmp_path_factory.mktemp("double"), f"http://127.0.0.1:{listener.port}/") as url:
        yield url


@pytest.fixture(params=[DOUBLE, TEST_MODE])
async def side(request: pytest.FixtureRequest, double: Double) -> AsyncIterator[Side]:
    """Each test runs the same against the double, and against Stripe's test mode where there is a key."""
    async with opened(request.param, double) as found:
        yield found

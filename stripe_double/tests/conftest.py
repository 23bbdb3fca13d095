from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import stripe

from stripe_double.objects.balance import DAY
from stripe_double.tests.money import later
from stripe_double.tests.running import Double, Shop, in_thread

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The SDK hands its bodies to httpx in a way that httpx has deprecated."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.filterwarnings("ignore:Use 'content=<:DeprecationWarning"))


@pytest.fixture(scope="session")
def shop() -> Iterator[Shop]:
    shop = Shop()
    yield shop
    shop.close()


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory, shop: Shop) -> Iterator[Double]:
    with in_thread(tmp_path_factory.mktemp("double") / "book" / "double.sqlite3", shop.url) as double:
        yield double


@pytest.fixture
def double(running: Double) -> Iterator[Double]:
    """The one double of the session, without faults before and after."""
    yield running
    running.faults()


@pytest.fixture
async def sdk(double: Double) -> AsyncIterator[stripe.StripeClient]:
    async with double.sdk() as client:
        yield client


@pytest.fixture(scope="session")
def _shared(tmp_path_factory: pytest.TempPathFactory, shop: Shop) -> Iterator[Double]:
    with in_thread(tmp_path_factory.mktemp("balance") / "double.sqlite3", shop.url) as double:
        yield double


@pytest.fixture
def own(_shared: Double) -> Iterator[Double]:
    """A double whose balance no other test moves. Each test begins with all funds paid out."""
    later(_shared, 4 * DAY)
    for currency in ("eur", "jpy"):
        _shared.raw("POST", "/_double/payouts", json={"currency": currency})
    yield _shared
    _shared.faults()

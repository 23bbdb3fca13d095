"""The catalog, the payment service and Stripe's double as processes; orders in this one, on an empty database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from typing import Any

import pytest

from chassis.testing import LiveService, live_service, running_app
from chassis.testing.forks import Imported, imported
from chassis.testing.keys import Bench
from chassis.testing.mailbox import Mailbox
from chassis.testing.servers import free_port
from orders.settings import RATES, OrdersSettings
from orders.tests.double import Double, double_process, payments_settings
from orders.tests.gate import Gate
from orders.tests.shelves import Shelves
from orders.tests.shop import Shop

HELD = ("unpaid_", "lapsed_", "manual_orders_", "manual_pieces_")
# What may be held unpaid: tests about it have their own.
HOLDS = [name for name in OrdersSettings.model_fields if name.startswith(HELD) and "percent" not in name]

# Their databases: they stay until the end of the run, when other tests start such services too.
NEIGHBOURS = "neighbours"
Neighbours = tuple[LiveService, LiveService, Double]


@pytest.fixture(scope="session")
def neighbours(
    bench: Bench, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[LiveService, LiveService, Double]]:
    """catalog, payments, the double."""
    folder = tmp_path_factory.mktemp("neighbours")
    double_port, payments_port = free_port(), free_port()
    with ExitStack() as stack:
        catalog = stack.enter_context(live_service("catalog", bench, purpose=NEIGHBOURS, MEDIA_DIR=str(folder)))
        hook = f"http://127.0.0.1:{payments_port}/webhooks/stripe"
        double = stack.enter_context(double_process(folder, double_port, hook))
        settings: Any = {"purpose": NEIGHBOURS, **payments_settings(double_port)}
        payments = stack.enter_context(live_service("payments", bench, port=payments_port, **settings))
        yield catalog, payments, double


@pytest.fixture(scope="session")
def shelves(neighbours, bench: Bench) -> Shelves:
    return Shelves(neighbours[0].url, bench)


@pytest.fixture
def double(neighbours) -> Iterator[Double]:
    yield neighbours[2]
    neighbours[2].faults()


@pytest.fixture(scope="session")
def urls(neighbours) -> dict[str, list[str]]:
    return {"catalog": [neighbours[0].url], "payments": [neighbours[1].url]}


@pytest.fixture(scope="module")
def own_code() -> Iterator[Imported]:
    """For modules that start orders as a process many times."""
    with imported("orders") as found:
        yield found


@pytest.fixture
def gates(urls) -> Iterator[dict[str, Gate]]:
    """Wires to the catalog and to payments that a test may cut."""
    with Gate(urls["catalog"][0]).open() as catalog, Gate(urls["payments"][0]).open() as payments:
        yield {"catalog": catalog, "payments": payments}


@pytest.fixture(scope="session")
def _post_office() -> Iterator[Mailbox]:
    with Mailbox().open() as mailbox:
        yield mailbox


@pytest.fixture
def mailbox(_post_office: Mailbox) -> Mailbox:
    _post_office.mails.clear()
    _post_office.refuse = 0
    return _post_office


@pytest.fixture
def overrides() -> dict[str, object]:
    """A module or test may override this: settings of the service under test."""
    return {}


@pytest.fixture
async def shop(bench, urls, shelves, double, mailbox, overrides) -> AsyncIterator[Shop]:
    async with _shop(bench, urls, shelves, double, mailbox, overrides) as shop:
        yield shop


@pytest.fixture
async def gated(bench, gates, shelves, double, mailbox, overrides) -> AsyncIterator[Shop]:
    """A shop whose wires are `gates`."""
    urls = {name: [gate.url] for name, gate in gates.items()}
    async with _shop(bench, urls, shelves, double, mailbox, overrides) as shop:
        yield shop


@asynccontextmanager
async def _shop(bench, urls, shelves, double, mailbox, overrides) -> AsyncIterator[Shop]:
    settings = {"smtp_url": mailbox.url, "mail_from": "Mercat <shop@mercat.example>"}
    settings |= dict.fromkeys(RATES, "100000/min") | dict.fromkeys(HOLDS, 100_000)
    async with running_app("orders", bench, urls=urls, **{**settings, **overrides}) as service:
        yield Shop(service, shelves, double, mailbox)

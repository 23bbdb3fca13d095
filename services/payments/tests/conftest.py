"""Stripe's double, and the service beside it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from chassis.testing import running_app
from chassis.testing.databases import empty_database
from chassis.testing.forks import Imported, imported
from chassis.testing.keys import Bench
from chassis.testing.mailbox import Mailbox
from chassis.testing.servers import free_port
from payments.tests.double import SECRET_KEY, WEBHOOK_SECRET, Double, Listener, double_process
from payments.tests.place import Place
from payments.tests.shop import Shop
from payments.tests.stripe_front import StripeProxy, proxy_before

STAFF = "staff@mercat.example"


def settings(double_url: str) -> dict[str, Any]:
    return {
        "stripe_secret_key": SECRET_KEY,
        "stripe_publishable_key": "pk_test_payments_tests",
        "stripe_webhook_secret": f"whsec_old,{WEBHOOK_SECRET}",
        "stripe_api_base": double_url,
        "stripe_pay_url": f"{double_url}/pay",
    }


@pytest.fixture(scope="session")
def listener() -> Iterator[Listener]:
    with Listener().listening() as listening:
        yield listening


@pytest.fixture(scope="session")
def double_url(listener: Listener, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("double")
    with double_process(folder, f"http://127.0.0.1:{listener.port}/") as url:
        yield url


@pytest.fixture
def double(double_url: str) -> Iterator[Double]:
    double = Double(double_url)
    double.plain()
    yield double
    double.close()


@pytest.fixture(scope="session")
def _post_office() -> Iterator[Mailbox]:
    with Mailbox().open() as mailbox:
        yield mailbox


@pytest.fixture
def mailbox(_post_office: Mailbox) -> Mailbox:
    _post_office.mails.clear()
    return _post_office


async def attended(shop: Shop) -> Shop:
    """The shop with a reconciler that runs only when a test says so."""
    await shop.hold_reconciler()
    return shop


@pytest.fixture
async def watched(
    bench: Bench, double: Double, listener: Listener, mailbox: Mailbox
) -> AsyncIterator[tuple[Shop, StripeProxy, Mailbox]]:
    """The shop whose staff are told by mail, with a proxy between it and Stripe's double."""
    mail: dict[str, Any] = {"smtp_url": mailbox.url, "mail_from": "Mercat <shop@mercat.example>", "staff_email": STAFF}
    with proxy_before(double.url) as front:
        async with running_app("payments", bench, **settings(front.url), **mail) as app:
            shop = await attended(Shop(app, double, listener))
            # Not what the service asked at its start.
            front.calls.clear()
            yield shop, front, mailbox


@pytest.fixture
async def shop(bench: Bench, double: Double, listener: Listener) -> AsyncIterator[Shop]:
    async with running_app("payments", bench, **settings(double.url)) as app:
        yield await attended(Shop(app, double, listener))


@pytest.fixture
async def unattended(bench: Bench, double: Double, listener: Listener) -> AsyncIterator[Shop]:
    """The shop with its reconciler running by itself."""
    async with running_app("payments", bench, **settings(double.url)) as app:
        yield Shop(app, double, listener)


@pytest.fixture
async def fronted(bench: Bench, double: Double, listener: Listener) -> AsyncIterator[tuple[Shop, StripeProxy]]:
    """The shop with a proxy between it and Stripe's double."""
    with proxy_before(double.url) as front:
        async with running_app("payments", bench, **settings(front.url)) as app:
            shop = await attended(Shop(app, double, listener))
            front.calls.clear()
            yield shop, front


@pytest.fixture(scope="module")
def own_code() -> Iterator[Imported]:
    with imported("payments") as found:
        yield found


@pytest.fixture
async def place(own_code: Imported, bench: Bench, tmp_path: Path) -> AsyncIterator[Place]:
    port = free_port()
    database_url = await empty_database(bench.postgres, "payments", "crash")
    with double_process(tmp_path, f"http://127.0.0.1:{port}/webhooks/stripe") as url:
        double = Double(url)
        yield Place(own_code, bench, double, port, database_url, settings(url), tmp_path / "payments.log")
        double.close()

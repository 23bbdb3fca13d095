"""The process that checks the books again and again, and exposes what it found."""

from __future__ import annotations

import asyncio
import urllib.request
from collections import Counter
from contextlib import asynccontextmanager

import asyncpg
import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from chassis.db import books
from chassis.db.roles import grants_of_auditor
from chassis.ops import books as ops_books
from chassis.ops import books_server, cli
from chassis.testing import eventually
from chassis.testing.servers import free_port
from proofs.tests.books_support import SERVICES, as_owner


def exposed(port):
    """The faults by check, and when all were checked: as OpenMetrics' parser reads them."""
    asked = urllib.request.Request(
        f"http://127.0.0.1:{port}/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"}
    )
    with urllib.request.urlopen(asked, timeout=30) as answer:
        families = text_string_to_metric_families(answer.read().decode())
    samples = [sample for family in families for sample in family.samples]
    faults = {sample.labels["check"]: sample.value for sample in samples if sample.name == "books_faults"}
    return faults, next(sample.value for sample in samples if sample.name == "books_checked_timestamp_seconds")


@asynccontextmanager
async def served(urls, monkeypatch):
    """The port of a process that checks all the time, and its task."""
    monkeypatch.setattr(books_server, "SECONDS", 0.05)
    monkeypatch.setattr(books_server, "SHARE", 1)
    monkeypatch.setattr(ops_books, "_PAUSE_SECONDS", 0)
    for service, url in urls.items():
        monkeypatch.setenv(f"DATABASE_URL_{service.upper()}", url)
    port = free_port()
    given = cli.parser().parse_args(["books", *SERVICES, "--serve", str(port)])
    task = asyncio.create_task(cli.run(given))
    yield port, task
    task.cancel()
    await asyncio.wait([task])


async def is_exposed(port, wanted):
    try:
        return wanted(*await asyncio.to_thread(exposed, port))
    except OSError:
        return False


async def test_the_faults_of_each_check_are_exposed_and_go_when_they_are_mended(urls, plant, monkeypatch):
    found = Counter((check.name, check.shared) for service in SERVICES for check in books.find(service))
    # What one of these services has in common with one that is not there is not compared.
    checks = {name for (name, shared), services in found.items() if services > 1 or not shared} | {"order_missing"}
    async with served(urls, monkeypatch) as (port, _):
        await eventually(lambda: is_exposed(port, lambda faults, at: at > 0 and faults == dict.fromkeys(checks, 0)))
        await plant("catalog", "update stock set on_hand = -1; update stock_movements set delta = 2 where delta = 10")
        await plant("orders", "delete from orders where status = 'paid'")
        of_order = {"order_missing": 1, "refunds": 1, "stock_of_orders": 1}
        wanted = {**dict.fromkeys(checks, 0), **of_order, "oversold": 1}
        await eventually(lambda: is_exposed(port, lambda faults, _: faults == wanted))
        await plant("catalog", "update stock set on_hand = 7; update stock_movements set delta = 10 where delta = 2")
        await eventually(lambda: is_exposed(port, lambda faults, _: faults == {**wanted, "oversold": 0}))


async def test_a_check_that_cannot_be_made_has_no_value_and_the_process_ends_when_none_can(urls, monkeypatch, postgres):
    async with served(urls, monkeypatch) as (port, task):
        await eventually(lambda: is_exposed(port, lambda faults, at: at > 0 and "lines_add_up" in faults))
        monkeypatch.setattr(books_server, "HOPELESS", 10_000)
        auditor = await asyncpg.connect(postgres.url("postgres"))
        try:
            await as_owner(postgres, "orders", "revoke select on order_lines from books_auditor")
            wanted = "lines_add_up"
            await eventually(lambda: is_exposed(port, lambda faults, _: wanted not in faults and "oversold" in faults))
            assert books_server.FAILED.value(wanted) > 0
            await auditor.execute("alter role books_auditor nologin")
            await eventually(lambda: is_exposed(port, lambda faults, _: not faults))
            assert not task.done()
            monkeypatch.setattr(books_server, "HOPELESS", 1)
            with pytest.raises(cli.CannotRun, match="No check of the books"):
                await task
        finally:
            await auditor.execute("alter role books_auditor login")
            await as_owner(postgres, "orders", grants_of_auditor("books_auditor", books.tables("orders")))
            await auditor.close()


async def test_after_rounds_without_any_check_it_gives_up(monkeypatch):
    async def fails():
        raise OSError("the database is away")

    monkeypatch.setattr(books_server, "SECONDS", 0.0)
    before = books_server.FAILED.value("never")
    with pytest.raises(books_server.Hopeless):
        await books_server.check_for_ever([ops_books.Run(("never",), fails)])
    assert books_server.FAILED.value("never") - before == books_server.HOPELESS

"""What a paid order costs this service, counted: a change that costs more is red."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from chassis.testing import eventually
from chassis.testing.budgets import budget, budgets
from chassis.testing.counts import RecordCount
from chassis.testing.databases import database_name
from chassis.testing.keys import Bench
from chassis.testing.statements import Cost, counted
from orders.mails.usecases.send_mail import send_mail
from orders.tests.conftest import NEIGHBOURS
from orders.tests.gate import Gate
from orders.tests.shop import Placed, Shop

PLAIN = "a plain order, placed and paid, in all services"
# What goes on by itself, whether or not somebody orders: sweeps.
_SWEEPS = (
    "update orders set attempts",
    "with due as",
    "select coalesce(array_agg(order_id",
    "catalog.collections.filling",
    "as now from pricing_versions",
    *("from invoicing", "update invoicing", "into document_series"),
)


def work_of(cost: Cost, service: str = "orders") -> Cost:
    """What a service's work ran. Its jobs are taken and reported by another connection, which asks all the time."""
    return cost.work(service, *_SWEEPS)


def assert_within(costs: Sequence[Cost], **most: int) -> None:
    """The sums of these counts, by their names, are at most so much."""
    sums = {name: sum(getattr(cost, name) for cost in costs) for name in most}
    assert all(sums[name] <= most[name] for name in most), "\n".join([str(sums), *(cost.told() for cost in costs)])


@pytest.fixture
async def watcher(bench: Bench) -> AsyncIterator[asyncpg.Connection[Any]]:
    """Looks at the database under another name than the service's."""
    connection = await asyncpg.connect(
        bench.postgres.url(database_name("orders")), server_settings={"application_name": "watcher"}
    )
    yield connection
    await connection.close()


async def pay(shop: Shop, watcher: asyncpg.Connection[Any], placed: Placed) -> None:
    """Until it is paid, its mail is sent and no job is left."""
    assert shop.double.pay(placed.secret).status_code == 200
    done = "select (select count(*) from jobs) = 0 and exists (select from order_mails where order_id = $1)"
    await eventually(lambda: watcher.fetchval(done, UUID(placed.id)), 60, "the order's mail")


async def test_a_paid_order_is_within_its_budget_in_orders(
    shop: Shop, watcher: asyncpg.Connection[Any], record_count: RecordCount
) -> None:
    article, database = shop.shelves.article(stock=10), database_name("orders")
    await pay(shop, watcher, await shop.place((article, 1)))
    async with counted(shop.service.bench.postgres, database) as cost:
        placed = await shop.place((article, 1))
    record_count("placing an order in orders", statements=work_of(cost).statements, events=cost.events)
    assert_within([work_of(cost)], statements=8, begun=1, commits=3, events=1, jobs=0, notifications=1)
    async with counted(shop.service.bench.postgres, database) as cost:
        await pay(shop, watcher, placed)
    record_count("paying an order in orders", statements=work_of(cost).statements, events=cost.events, jobs=cost.jobs)
    assert_within([work_of(cost)], statements=15, begun=2, commits=4, events=1, jobs=1, notifications=2)


async def test_a_paid_order_is_within_its_budget_in_all_services(
    shop: Shop, watcher: asyncpg.Connection[Any], record_count: RecordCount
) -> None:
    """The catalog and the payment service have budgets of their own, too: this one is for what moves between them."""
    article, server = shop.shelves.article(stock=10), shop.service.bench.postgres
    await pay(shop, watcher, await shop.place((article, 1)))
    async with (
        counted(server, database_name("orders")) as orders,
        counted(server, database_name("catalog", NEIGHBOURS)) as catalog,
        counted(server, database_name("payments", NEIGHBOURS)) as payments,
    ):
        await pay(shop, watcher, await shop.place((article, 1)))
    costs = [work_of(orders), work_of(catalog, "catalog"), work_of(payments, "payments")]
    sums = {name: sum(getattr(cost, name) for cost in costs) for name in ("statements", "commits", "events", "jobs")}
    record_count("a paid order in all services", **sums)
    assert_within(costs, **budget(PLAIN))


async def test_a_paid_order_writes_few_bytes(
    shop: Shop, watcher: asyncpg.Connection[Any], record_count: RecordCount
) -> None:
    """The least of several orders: what else the server writes meanwhile, to vacuum or for other tests, counts too."""
    article, found = shop.shelves.article(stock=10), []
    await pay(shop, watcher, await shop.place((article, 1)))
    for _ in range(4):
        async with counted(shop.service.bench.postgres, database_name("orders")) as cost:
            await pay(shop, watcher, await shop.place((article, 1)))
        found.append(cost.wal_bytes)
    record_count("a paid order in all services", wal_bytes=min(found))
    assert min(found) <= 34_000, found


async def test_a_paid_order_makes_the_expected_calls_to_other_services(
    gated: Shop, gates: dict[str, Gate], watcher: asyncpg.Connection[Any], record_count: RecordCount
) -> None:
    placed = await gated.place((gated.shelves.article(), 1))
    await pay(gated, watcher, placed)
    calls = [path for path in gates["payments"].asked if path != "/internal/feed"]
    record_count("a paid order", calls_of_catalog=len(gates["catalog"].asked), calls_of_payments=len(calls))
    assert gates["catalog"].asked == ["/internal/quotes", "/internal/reservations", f"{held(placed)}/commit"]
    assert calls == ["/internal/payments", f"/internal/payments/{placed.id}/capture"]
    assert len(gates["catalog"].asked) + len(calls) == budgets()[PLAIN]["calls"]


def held(placed: Placed) -> str:
    return f"/internal/reservations/{placed.id}"


async def test_concurrent_mails_are_read_by_one_statement(shop: Shop) -> None:
    article = shop.shelves.article(stock=10)
    placed = [await shop.place((article, 1)) for _ in range(5)]
    async with counted(shop.service.bench.postgres, database_name("orders")) as cost:
        await asyncio.gather(*(send_mail(shop.service.ctx, UUID(one.id), "cancelled") for one in placed))
    mine = work_of(cost)
    assert mine.statements - mine.commits == 1, mine.told()
    assert mine.commits <= 5, mine.told()
    assert len(shop.mailbox.to("ada@example.com")) == 5

"""The figures of a day read its bookings alone, in a shop of 20,000 orders."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from datetime import date
from typing import Any

import asyncpg
import pytest

from chassis.testing.databases import database_name, empty_database
from chassis.testing.keys import Bench
from shop.figures.domain.period import Period
from shop.figures.store import reports

# 55 orders a day for a year; half of the buyers have accounts, and every sixteenth order is refunded in part.
MANY = """
insert into figure_orders (order_id, placed_at, day, currency, country, buyer)
select uuidv7(), at, at::date, 'EUR', (array['DE', 'FR', 'GB'])[1 + n % 3],
       case when n % 2 = 0 then decode(md5((n % 6000)::text), 'hex') end
from (select n, timestamptz '2025-12-01' + n * interval '365 days' / 20000 as at from generate_series(1, 20000) n) x;
insert into figure_bookings (kind, reference, order_id, currency, amount, booked_at, day)
select 'capture', order_id, order_id, currency, 5000, placed_at, day from figure_orders;
insert into figure_bookings (kind, reference, order_id, currency, amount, booked_at, day)
select 'refund', uuidv7(), order_id, currency, -1000, placed_at, day from figure_orders limit 1250;
insert into figure_lines (reference, product_id, quantity, amount)
select order_id, uuidv7(), 1, 5000 from figure_orders;
analyze;
"""


class Explained:
    """Explains statements in place of running them, and keeps which tables they scan from the first to the last row."""

    def __init__(self, connection: asyncpg.Connection[Any]) -> None:
        self._connection = connection
        self.scanned: set[str] = set()

    async def rows(self, _into: Any, sql: str, *arguments: Any) -> list[Any]:
        plan = json.loads(await self._connection.fetchval(f"explain (format json) {sql}", *arguments))
        nodes = list(_nodes(plan[0]["Plan"]))
        self.scanned |= {node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan"}
        return []


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from _nodes(below)


@pytest.fixture
async def explained(bench: Bench) -> AsyncIterator[Explained]:
    await empty_database(bench.postgres, "shop", "plans")
    connection = await asyncpg.connect(bench.postgres.url(database_name("shop", "plans")))
    await connection.execute(MANY)
    yield Explained(connection)
    await connection.close()


async def test_the_figures_of_a_day_do_not_scan_what_was_booked(explained: Explained) -> None:
    tx: Any = explained
    day = Period(date(2026, 10, 5), date(2026, 10, 5))
    await reports.sales(tx, day, "day", None)
    await reports.countries(tx, day, "EUR")
    await reports.products(tx, day, "EUR", None, 21)
    assert "figure_bookings" not in explained.scanned
    everything = Period(date(2025, 12, 1), date(2026, 11, 30))
    await reports.sales(tx, everything, "month", None)
    assert "figure_bookings" in explained.scanned

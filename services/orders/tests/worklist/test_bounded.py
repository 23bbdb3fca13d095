"""A page reads a bounded part of a long list, whatever is looked for. None of it is a matter of time."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from chassis.testing.databases import database_name, empty_database
from chassis.testing.keys import Bench
from orders.checkout import FulfilmentStatus, Life, PaymentStatus
from orders.worklist.domain.filters import Filters
from orders.worklist.store import candidates, pages

ORDERS, MOST = 4_000, 100
# Every hundredth is of a rare kind; of the others there are many.
MANY = """
insert into orders (id, number, account_id, email, shipping_address, currency, subtotal, shipping, total, status,
    payment, stock, attention, placed_at, expires_at, paid_at)
select uuidv7(make_interval(secs => n - $1)), 'M-' || translate(lpad(n::text, 6, '0'), '0123456789', '23456789AB'),
    case when n % 100 = 0 then '00000000-0000-0000-0000-000000000005'::uuid else uuidv7() end,
    case when n % 100 = 0 then 'rare' else 'often' end || n || '@example.com',
    jsonb_build_object('name', case when n % 100 = 0 then 'Rare Bird' else 'Common Crow' end,
        'country', case when n % 100 = 0 then 'IS' else 'DE' end),
    case when n % 100 = 0 then 'JPY' else 'EUR' end, 1000, 0, 1000, 'paid', 'captured',
    case when n % 100 = 0 then 'released' else 'committed' end,
    case when n % 100 = 0 then 'paid_without_stock' end, now() + make_interval(secs => n - $1), now(), now()
from generate_series(1, $1) as n order by n
"""
LINES = """
insert into order_lines (order_id, position, variant_id, sku, title, variant_title, slug, unit_price, quantity)
select id, 1, uuidv7(), case when currency = 'JPY' then 'RARE-1' else 'OFTEN-1' end, 'A print', '', 'x', 1000, 1
from orders
"""
PROGRESS = """
insert into order_progress (order_id, fulfilled, disputes)
select id, 1, case when currency = 'JPY' then 1 else 0 end from orders
"""
TAGS = """
with names as (insert into order_tag_names (tag, place) values ('rare', 1), ('often', 2))
insert into order_tags (order_id, tag, place, added_by)
select id, case when currency = 'JPY' then 'rare' else 'often' end, 1, id from orders
"""


class Explained:
    """Explains statements and runs them; `blocks`: what all of them read."""

    def __init__(self, connection: asyncpg.Connection[Any]) -> None:
        self._connection = connection
        self.blocks = 0

    async def rows_planned(self, into: Any, sql: str, *arguments: object) -> list[Any]:
        plan = await self._connection.fetchval(f"explain (analyze, buffers, format json) {sql}", *arguments)
        found = json.loads(plan)[0]["Plan"]
        self.blocks += found["Shared Hit Blocks"] + found["Shared Read Blocks"]
        return [into(**record) for record in await self._connection.fetch(sql, *arguments)]


async def _filled(bench: Bench) -> asyncpg.Connection[Any]:
    await empty_database(bench.postgres, "orders")
    owner = await asyncpg.connect(bench.postgres.url(database_name("orders")))
    await owner.set_type_codec("jsonb", encoder=json.dumps, decoder=json.loads, schema="pg_catalog")
    await owner.execute("begin")
    for sql in (MANY, LINES, PROGRESS, TAGS):
        await owner.execute(*((sql, ORDERS) if "$1" in sql else (sql,)))
    await owner.execute("commit")
    await owner.execute("vacuum analyze")
    return owner


RARE = [
    Filters(number="M-222322"),
    Filters(account_id=UUID(int=5)),
    Filters(attention=True),
    Filters(payment_status=(PaymentStatus.DISPUTED,)),
    Filters(country="IS"),
    Filters(currency="JPY"),
    Filters(text="bird"),
    Filters(sku="rare-1"),
    Filters(email="rare*"),
    Filters(email="rare400@example.com"),
    Filters(tag=("rare",)),
    Filters(tag=("rare", "often")),
    Filters(text="common", country="IS", life=(Life.OPEN,)),
]
OFTEN = [
    Filters(),
    Filters(text="crow"),
    Filters(tag=("often",)),
    Filters(email="often*"),
    Filters(country="DE", currency="EUR", sku="often-1"),
    Filters(payment_status=(PaymentStatus.PAID,), fulfilment_status=(FulfilmentStatus.FULFILLED,)),
    # Nothing is found, and it takes a look at each order to see it.
    Filters(payment_status=(PaymentStatus.PENDING,)),
    Filters(fulfilment_status=(FulfilmentStatus.UNFULFILLED,), life=(Life.OPEN,)),
    Filters(life=(Life.ARCHIVED,)),
    Filters(text="common bird"),
]
# Each page of these is made of the next orders by time.
FREQUENT = OFTEN[1:6]


async def test_no_filter_reads_more_than_a_bounded_part_of_a_long_list(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (candidates, pages):
        monkeypatch.setattr(module, "MOST", MOST)
    owner = await _filled(bench)
    read: dict[str, int] = {}
    newest = await owner.fetchval("select max(placed_at) from orders")
    for oldest_first in (False, True):
        for filters in (*RARE, *OFTEN):
            after = None
            found = 0
            for _ in range(3):
                explained: Any = Explained(owner)
                page = await pages.page(explained, filters, after, 20, oldest_first=oldest_first)
                # Of each order that is looked at: its rows in five tables, by their keys.
                assert explained.blocks < 20 * MOST, (filters, explained.blocks)
                read[repr(filters.given)] = max(read.get(repr(filters.given), 0), explained.blocks)
                found, after = found + len(page.items), page.next
                if filters in FREQUENT and not oldest_first:
                    assert [each.order.currency for each in page.items] == ["EUR"] * 20
                    assert page.items[-1].order.placed_at > newest - timedelta(seconds=25 * 20)
                if after is None:
                    break
            if filters in RARE and filters.given not in (["number"], ["tag"]):
                assert found or len(filters.given) > 1
    await owner.close()
    print(read)  # noqa: T201 -- shown where it fails

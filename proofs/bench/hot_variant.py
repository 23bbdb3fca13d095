"""Orders a second for one variant: reservations of many orders in one transaction, against one statement an order.

Both are measured in turn on a PostgreSQL of their own with durable commits. The floor is the usual way without a queue:
one conditional UPDATE for each order, over ten connections.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import asyncpg

from catalog.domain.stock import HoldRequest, Outcome
from catalog.usecases.reserve_stock import Reserver
from chassis.db import Database
from chassis.testing.databases import empty_database
from chassis.testing.servers import postgres_server
from chassis.values import uuid7
from proofs.bench.figures import Figure

ORDERS, BUYERS, CONNECTIONS, ROUNDS = 1_000, 64, 10, 3
_ONE_STATEMENT = """
with taken as (
    update stock set reserved = reserved + 1, version = version + 1, updated_at = now()
    where variant_id = $2 and reserved + 1 <= on_hand returning variant_id
), held as (
    insert into reservations (order_id, status, expires_at)
    select $1, 'held', now() + interval '15 minutes' from taken returning order_id
)
insert into reservation_lines (order_id, variant_id, quantity) select order_id, variant_id, 1 from held, taken
"""
_PRODUCT = """
with p as (insert into products (slug, title, status) values ('hot', 'Hot', 'active') returning id),
v as (insert into variants (product_id, sku, option_values, position) select id, 'HOT', '{}', 1 from p returning id)
insert into stock (variant_id, on_hand) select id, 1000000 from v returning variant_id
"""
Order = Callable[[], Awaitable[bool]]


async def run() -> list[Figure]:
    """The ratio, and both rates."""
    with postgres_server(durable=True) as server:
        url = await empty_database(server, "catalog", "bench")
        db = Database(url, name="bench", size=CONNECTIONS, followed=False)
        await db.connect()
        pool = await asyncpg.create_pool(url, min_size=CONNECTIONS, max_size=CONNECTIONS)
        try:
            variant: UUID = await pool.fetchval(_PRODUCT)
            together, alone = await _rates(db, pool, variant)
        finally:
            await pool.close()
            await db.close()
    what = f"orders a second for one variant, {BUYERS} buyers at once, against one statement an order"
    ratio = Figure("hot_variant", what, together / alone, "x", "ratio", rising=True)
    rates = {"together": together, "one statement an order": alone}
    return [
        ratio,
        *(Figure(f"hot_variant.{n}", n, v, "a second", "rate", of=ratio.name, rising=True) for n, v in rates.items()),
    ]


async def _rates(db: Database, pool: asyncpg.Pool, variant: UUID) -> tuple[float, float]:
    """Orders a second of both ways: the medians of the rounds."""
    reserver = Reserver(db)
    found: tuple[list[float], list[float]] = ([], [])

    async def together() -> bool:
        decision = await reserver.submit(HoldRequest(uuid7(), {variant: 1}, timedelta(minutes=15)))
        return decision.outcome is Outcome.HELD

    async def alone() -> bool:
        return bool((await pool.execute(_ONE_STATEMENT, uuid7(), variant)) == "INSERT 0 1")

    for way in (together, alone):
        await _orders_a_second(way, ORDERS // 10)
    for _ in range(ROUNDS):
        for way, rates in zip((together, alone), found, strict=True):
            rates.append(await _orders_a_second(way, ORDERS))
    return statistics.median(found[0]), statistics.median(found[1])


async def _orders_a_second(order: Order, orders: int) -> float:
    numbers = iter(range(orders))

    async def buyer() -> None:
        for _ in numbers:
            assert await order()

    began = time.perf_counter()
    await asyncio.gather(*(buyer() for _ in range(BUYERS)))
    return orders / (time.perf_counter() - began)

"""Two processes on one database: what may be held is exact over both."""

from __future__ import annotations

import asyncio
from collections import Counter
from uuid import uuid4

import asyncpg
import httpx

from chassis.testing.databases import database_name, empty_database
from chassis.testing.forks import Imported
from chassis.testing.keys import Bench
from orders.tests.process import orders_process
from orders.tests.shelves import Shelves
from orders.tests.shop import order_of

RATES = dict.fromkeys(("CHECKOUT_LIMIT", "CHECKOUT_ADDRESS_LIMIT"), "1000/min")


async def test_limits_are_exact_over_replicas(
    own_code: Imported, bench: Bench, urls: dict[str, list[str]], shelves: Shelves
) -> None:
    database_url = await empty_database(bench.postgres, "orders", "replicas")
    article, other = shelves.article(stock=100), shelves.article(stock=100)
    me = {"Authorization": f"Bearer {bench.keyring.access_token(uuid4())}"}
    settings = {**RATES, "UNPAID_ORDERS_PER_ADDRESS": "9"}

    async def order(client: httpx.AsyncClient, body: dict[str, object], who: dict[str, str]) -> int:
        answer = await client.post("/api/v1/orders", json=body, headers={"Idempotency-Key": str(uuid4()), **who})
        assert answer.status_code == 201 or answer.json()["type"] == "hold-limit", answer.text
        return answer.status_code

    with (
        orders_process(own_code, bench, database_url, urls, **settings) as one,
        orders_process(own_code, bench, database_url, urls, **settings) as two,
    ):
        async with (
            httpx.AsyncClient(base_url=one.url, timeout=60) as first,
            httpx.AsyncClient(base_url=two.url, timeout=60) as second,
        ):
            both = (first, second)
            mine = await asyncio.gather(*(order(both[n % 2], order_of((article, 2)), me) for n in range(10)))
            assert Counter(mine) == {201: 3, 409: 7}
            singles = await asyncio.gather(*(order(both[n % 2], order_of((other, 1)), {}) for n in range(20)))
            assert Counter(singles) == {201: 9, 409: 11}, "nine of the address's guests"
    database = await asyncpg.connect(bench.postgres.url(database_name("orders", "replicas")))
    assert await database.fetchval("select count(*) from orders") == 12
    await database.close()

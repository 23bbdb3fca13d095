"""What searches may take: neither the database's connections nor, for each slip, a look at every known word."""

from __future__ import annotations

import asyncio

import asyncpg

from catalog.tests.shop import PRINT, Shop
from chassis.db import Database
from chassis.testing import eventually, running_app

PRODUCTS = "/api/v1/products"


async def test_searches_leave_connections_for_other_requests(bench):
    async with running_app("catalog", bench, database_pool_size=2) as service:
        shop = Shop(service)
        await shop.stock_up(PRINT)
        held = await asyncpg.connect(service.db_owner_url)
        async with held.transaction():
            await held.execute("lock table known_words in access exclusive mode")
            slips = [shop.client.get(PRODUCTS, params={"search": f"tyde{n}x tyda"}) for n in range(3)]
            searches = [asyncio.create_task(slip) for slip in slips]

            async def waits() -> bool:
                sql = "select exists(select from pg_locks where relation = 'known_words'::regclass and not granted)"
                return bool(await held.fetchval(sql))

            await eventually(waits, 60, "a search that waits")
            for limit in range(1, 6):
                assert (await shop.client.get(PRODUCTS, params={"limit": limit})).status_code == 200
            refused = await next(asyncio.as_completed(searches))
            assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
        await asyncio.gather(*searches)
        await held.close()
        assert (await shop.client.get(PRODUCTS, params={"search": "tide"})).json()["items"]


async def test_a_similar_word_is_found_by_index_also_on_a_new_connection(db: Database):
    async with db.write() as tx:
        await tx.execute("select search_learn(array['bracelet', 'candle', 'pendulum'])")
        # As for the planner in a shop of some thousand words, which have more in common than it sees.
        await tx.execute("set local random_page_cost = 1000")
        scans = "select seq_scan from pg_stat_xact_user_tables where relname = 'known_words'"
        before = await tx.value(scans)
        assert await tx.value("select search_near('braceletx')") == "bracelet"
        assert await tx.value(scans) == before


async def test_each_search_is_planned_for_its_words(bench):
    async with running_app("catalog", bench, database_pool_size=1) as service:
        for n in range(8):
            answer = await service.client.get(PRODUCTS, params={"search": f"tide {n}", "in_stock": "true"})
            assert answer.status_code == 200
        async with service.ctx.db.read() as tx:
            sql = "select statement from pg_prepared_statements where generic_plans > 0 and statement like $1"
            assert await tx.rows(dict, sql, "%product_search%") == []

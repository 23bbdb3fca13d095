"""Sales figures of a month, made by the service shop, equal the ledger of payments to the cent, by day and currency."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg

from chassis.ops import books
from chassis.testing import RunningApp, eventually, running_app
from chassis.testing.databases import database_name
from chassis.testing.forks import Imported
from orders.tests.conftest import NEIGHBOURS
from orders.tests.process import orders_process
from orders.tests.refunds.cashier import euros, piece
from orders.tests.refunds.test_end_to_end import ask, until
from orders.tests.shop import Placed, Shop

_LEDGER = """
select (t.occurred_at at time zone 'UTC')::date::text as day, e.currency,
       sum(case when e.side = 'credit' then e.amount else -e.amount end)::bigint as net
from ledger_transactions t join ledger_entries e on e.transaction_id = t.id
where e.account = 'customer_orders' and t.kind in ('capture', 'receipt', 'refund', 'refund_reversal')
  and t.occurred_at > now() - interval '31 days'
group by 1, 2
"""
Month = dict[tuple[str, str], int]


@dataclass(frozen=True)
class Books:
    """The ledger, and the service that makes figures of it."""

    ledger: asyncpg.Connection[Any]
    figures: RunningApp
    urls: dict[str, str]

    async def booked(self) -> Month:
        return {(row["day"], row["currency"]): row["net"] for row in await self.ledger.fetch(_LEDGER)}

    async def told(self, path: str = "sales", **query: str) -> list[dict[str, Any]]:
        today = await self.ledger.fetchval("select (now() at time zone 'UTC')::date")
        days = {"from": str(today - timedelta(days=31)), "until": str(today), **query}
        headers = self.figures.token(scopes=("payments:read",))
        answer = await self.figures.client.get(f"/api/v1/admin/figures/{path}", params=days, headers=headers)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def figured(self) -> Month:
        return {(each["begins"], each["net"]["currency"]): each["net"]["amount"] for each in await self.told()}

    async def equal(self) -> bool:
        return await self.booked() == await self.figured()

    async def wrong(self) -> list[str]:
        return await books.complaints(self.urls, days=1, grace=timedelta(0))

    async def right(self) -> bool:
        """With no grace, what is under way is wrong for a moment."""
        return not await self.wrong()

    async def do(self, sql: str, *arguments: Any) -> None:
        async with self.figures.ctx.db.write() as tx:
            await tx.execute(sql, *arguments)


@asynccontextmanager
async def followed(shop: Shop, code: Imported, urls: dict[str, list[str]]) -> AsyncIterator[Books]:
    bench = shop.service.bench
    payments = bench.postgres.url(database_name("payments", NEIGHBOURS))
    ledger = await asyncpg.connect(payments)
    try:
        url = shop.service.ctx.settings.database_url.get_secret_value()
        with orders_process(code, bench, url, urls) as orders:
            beside = {**urls, "orders": [orders.url]}
            async with running_app("shop", bench, urls=beside) as figures:
                yield Books(ledger, figures, {"payments": payments, "shop": figures.db_owner_url})
    finally:
        await ledger.close()


async def sold(shop: Shop, month: Books, pieces: int) -> tuple[Placed, str]:
    article = shop.shelves.article(price="25.00", stock=9)
    placed = await shop.place((article, pieces))
    await shop.paid(placed)
    return placed, await shop.value("select product_id::text from order_lines where order_id = $1", UUID(placed.id))


async def rebuilt(month: Books) -> None:
    """By the operator's command."""
    url = month.figures.ctx.settings.database_url.get_secret_value()
    environment = {**os.environ, **month.figures.bench.environment("shop", url)}
    for option, status in (("", 1), ("--yes", 0)):
        argv = [sys.executable, "-m", "shop.rebuild_figures", *filter(None, [option])]
        process = await asyncio.create_subprocess_exec(*argv, env=environment, stdout=asyncio.subprocess.PIPE)
        assert await process.wait() == status


async def test_figures_of_a_month_equal_the_ledger_and_are_made_anew_from_nothing(
    shop: Shop, own_code: Imported, urls: dict[str, list[str]]
) -> None:
    async with followed(shop, own_code, urls) as month:
        (first, product), (second, other) = [await sold(shop, month, pieces) for pieces in (3, 1)]
        body = {"reason": "other", "lines": [piece(1, restock=False)], "expected_total": euros(2500)}
        await ask(shop, first, "refunds", body)
        shop.double.at_dashboard("refunds", second.secret, amount=1000)
        for placed in (first, second):
            await until(shop, placed, "refunded")
        await eventually(month.equal, 60, "figures that equal the ledger")

        async def by_product() -> list[dict[str, Any]]:
            found = await month.told("products", currency="EUR")
            return [each for each in found if each["product_id"] in {product, other}]

        async def complete() -> bool:
            given = [(each["given_back"], each["refunded"]["amount"]) for each in await by_product()]
            # In euros: other tests have sold in other currencies through the same payments.
            countries, days = [await month.told(path, currency="EUR") for path in ("countries", "sales")]
            british = [each["orders"] for each in countries if each["country"] == "GB"]
            return (
                given[:1] == [(1, 2500)]
                and len(given) == 2
                and given[1][1] > 0
                and (british == [2] and days[-1]["paid_of_placed"] == 2)
            )

        await eventually(complete, 60, "lines of refunds, and orders")
        products, countries, sales = await by_product(), await month.told("countries"), await month.told()
        assert [each["sold"] for each in products] == [3, 1]
        await eventually(month.right, 60, "books that agree")

        await month.do(
            "update figure_bookings set amount = amount + 1 where kind = 'capture' and order_id = $1", UUID(first.id)
        )
        assert [first.id in fault for fault in await month.wrong()] == [True]
        await month.do("update figure_bookings set booked_at = booked_at - interval '1 day', day = day - 1")
        # Of an order and a payment that were lost with the databases that went back.
        await month.do(
            "insert into figure_bookings select kind, uuidv7(), uuidv7(), currency, 7, booked_at, day"
            " from figure_bookings where kind = 'capture' and order_id = $1",
            UUID(second.id),
        )
        for table in ("figure_lines", "figure_orders"):
            await month.do(f"delete from {table}")
        assert not await month.equal()
        await rebuilt(month)

        async def again() -> bool:
            figures = (await by_product(), await month.told("countries"), await month.told())
            return await month.equal() and figures == (products, countries, sales)

        await eventually(again, 60, "figures that were made anew")
        await eventually(month.right, 60, "books that agree")

"""The process is killed between any two steps of a checkout; the order comes to its end all the same, once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from chassis.testing import eventually
from chassis.testing.databases import database_name, empty_database
from chassis.testing.forks import Imported
from chassis.testing.keys import Bench
from chassis.testing.mailbox import Mailbox
from orders.tests.double import Double
from orders.tests.process import Process, orders_process
from orders.tests.shelves import Article, Shelves
from orders.tests.shop import order_of


@dataclass
class Ground:
    """What outlives a process."""

    own_code: Imported
    bench: Bench
    urls: dict[str, list[str]]
    database_url: str
    database: asyncpg.Connection[Any]
    shelves: Shelves
    double: Double
    mailbox: Mailbox

    def running(self, failpoint: str = "") -> Any:
        fails = f"{failpoint}=kill" if failpoint else ""
        return orders_process(
            *(self.own_code, self.bench, self.database_url, self.urls),
            SMTP_URL=self.mailbox.url,
            FAILPOINTS=fails,
            CHECKOUT_LIMIT="1000/min",
            CHECKOUT_ADDRESS_LIMIT="1000/min",
        )

    async def later(self) -> None:
        """As if the claims and leases of the dead process had lapsed."""
        await self.database.execute("update idempotency set claimed_until = now() where status is null")
        await self.database.execute("update orders set next_attempt_at = now() where next_attempt_at is not null")
        await self.database.execute("update jobs set run_at = now() where held_at is null")
        await self.database.execute("update job_schedule set next_at = now(), leased_until = now()")
        await self.database.execute("update inbox_cursor set leased_until = now()")

    async def until(self, status: str) -> None:
        async def reached() -> bool:
            return bool(await self.database.fetchval("select bool_and(status = $1) from orders", status))

        await eventually(reached, 60, f"orders {status}")


@pytest.fixture
async def ground(own_code, bench, urls, shelves, double, mailbox) -> AsyncIterator[Ground]:
    database_url = await empty_database(bench.postgres, "orders", "crash")
    database = await asyncpg.connect(bench.postgres.url(database_name("orders", "crash")))
    yield Ground(own_code, bench, urls, database_url, database, shelves, double, mailbox)
    await database.close()


async def send(orders: Process, body: dict[str, Any], key: str) -> httpx.Response | None:
    """The answer, or None where the process died before it gave one."""
    async with httpx.AsyncClient(base_url=orders.url, timeout=60) as client:
        try:
            return await client.post("/api/v1/orders", json=body, headers={"Idempotency-Key": key})
        except httpx.TransportError:
            return None


async def dead(orders: Process) -> None:
    await eventually(orders.gone, 60, "the process's end")


async def pay_and_check(ground: Ground, article: Article, secret: str) -> None:
    assert ground.double.pay(secret).status_code == 200
    await ground.until("paid")
    await check(ground, article)


async def check(ground: Ground, article: Article) -> None:
    """One order, one capture of its total, its stock sold, one mail."""
    (order,) = await ground.database.fetch("select id, total, email from orders")
    intents = [i for i in ground.double.intents_of(str(order["id"])) if i["status"] != "canceled"]
    assert [(i["captures"], i["amount_received"]) for i in intents] == [(1, order["total"])]
    assert ground.shelves.level(article) == (4, 0)
    await eventually(lambda: ground.mailbox.to(order["email"]), 60, "the mail")
    assert len({mail["Message-ID"] for mail in ground.mailbox.to(order["email"])}) == 1
    types = await ground.database.fetchval("select array_agg(type order by version) from outbox")
    assert types == ["order.placed", "order.paid"]


POINTS = ["checkout.after_placed", "checkout.after_reserve", "checkout.after_payment"]
# Nothing is written yet, and all of it: claim, order, answer.
FIRST, LAST = ["checkout.claimed", "checkout.before_placed"], "checkout.after_answer"


@pytest.mark.parametrize("point", [*FIRST, *POINTS, LAST])
async def test_a_retry_continues_after_a_crash(ground: Ground, point: str) -> None:
    article = ground.shelves.article(stock=5)
    body, key = order_of((article, 1), email=f"{point.replace('_', '-')}@example.com"), str(uuid4())
    with ground.running(point) as orders:
        assert await send(orders, body, key) is None
        await dead(orders)
    await ground.later()
    with ground.running() as orders:
        answer = await send(orders, body, key)
        assert answer is not None
        assert answer.status_code == 201, answer.text
        assert answer.json()["order"]["status"] == "pending_payment"
        again = await send(orders, body, key)
        assert again is not None
        assert (again.status_code, again.content) == (201, answer.content)
        order_id, token = answer.json()["order"]["id"], answer.json()["order_token"]
        async with httpx.AsyncClient(base_url=orders.url, timeout=60) as client:
            seen = await client.get(f"/api/v1/orders/{order_id}", headers={"Order-Token": token})
        assert seen.status_code == 200
        await pay_and_check(ground, article, answer.json()["payment"]["client_secret"])


@pytest.mark.parametrize("point", POINTS)
async def test_the_sweep_continues_after_a_crash_without_a_retry(ground: Ground, point: str) -> None:
    article = ground.shelves.article(stock=5)
    with ground.running(point) as orders:
        assert (
            await send(orders, order_of((article, 1), email=f"s-{POINTS.index(point)}@example.com"), str(uuid4()))
            is None
        )
        await dead(orders)
    await ground.later()
    with ground.running():
        await ground.until("pending_payment")
        order_id = await ground.database.fetchval("select id::text from orders")
        (intent,) = ground.double.intents_of(order_id)
        assert intent["status"] == "requires_payment_method"
        await ground.database.execute("update orders set expires_at = now(), next_attempt_at = now()")
        await ground.until("cancelled")
        assert ground.shelves.level(article) == (5, 0)
        assert ground.double.intents_of(order_id)[0]["status"] == "canceled"


@pytest.mark.parametrize(
    "point",
    [
        *("inbox.before_commit", "inbox.after_commit", "orders.advance_begun", "orders.after_commit_stock"),
        *("orders.after_capture", "orders.after_recorded", "jobs.taken", "orders.after_mail", "jobs.worked"),
    ],
)
async def test_a_paid_order_is_finished_by_the_next_process(ground: Ground, point: str) -> None:
    article = ground.shelves.article(stock=5)
    with ground.running() as orders:
        answer = await send(
            orders, order_of((article, 1), email=f"{point.replace('_', '-')}@example.com"), str(uuid4())
        )
        assert answer is not None
        assert answer.status_code == 201, answer.text
        # What payments told of other orders before is not what the process is to die of.
        known = "select keeping_up from inbox_cursor where producer = 'payments'"
        await eventually(lambda: ground.database.fetchval(known), 60, "the feed's end")
    await ground.later()
    with ground.running(point) as orders:
        assert ground.double.pay(answer.json()["payment"]["client_secret"]).status_code == 200
        await dead(orders)
    await ground.later()
    with ground.running():
        await ground.until("paid")
        await check(ground, article)


async def test_ten_requests_with_one_key_at_once_make_one_order(ground: Ground) -> None:
    article = ground.shelves.article(stock=5)
    body, key = order_of((article, 1), email="once@example.com"), str(uuid4())
    with ground.running() as orders:
        answers = await asyncio.gather(*(send(orders, body, key) for _ in range(10)))
        statuses = [answer.status_code for answer in answers if answer is not None]
        assert set(statuses) <= {201, 409}
        assert 201 in statuses
        answer = await send(orders, body, key)
        assert answer is not None
        await pay_and_check(ground, article, answer.json()["payment"]["client_secret"])

"""The process is killed between any two steps of a refund and of a cancellation: each is made once all the same."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from chassis.testing import eventually
from chassis.testing.databases import database_name, empty_database
from orders.tests.checkout.test_crashes import Ground
from orders.tests.process import Process
from orders.tests.refunds.cashier import euros, piece
from orders.tests.shop import order_of

WHO = UUID(int=7)
SCOPES = ("orders:read", "orders:write", "refunds:write")
AMOUNT: dict[str, Any] = {"reason": "other", "amount": euros(300), "expected_total": euros(300)}
PIECE: dict[str, Any] = {"reason": "customer", "restock": False, "refund": True, "lines": [piece(1)]}
# A request, and where the process dies that works on it.
DEATHS: list[tuple[str, str, dict[str, Any]]] = [
    ("orders.refund_written", "refunds", AMOUNT),
    ("orders.refund_committed", "refunds", AMOUNT),
    ("orders.pieces_cancelled", "cancellations", PIECE),
    ("orders.refund_sent", "refunds", AMOUNT),
]


@dataclass
class Staff:
    """Who asks for one thing after the other, and asks again with the same key."""

    ground: Ground
    order_id: str

    async def ask(self, orders: Process, number: int) -> httpx.Response | None:
        """The answer; None where the process died before it gave one."""
        _, path, body = DEATHS[number]
        token = self.ground.bench.keyring.access_token(WHO, scopes=SCOPES)
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"staff-{number}"}
        async with httpx.AsyncClient(base_url=orders.url, timeout=60) as client:
            try:
                return await client.post(f"/api/v1/admin/orders/{self.order_id}/{path}", json=body, headers=headers)
            except httpx.TransportError:
                return None


@pytest.fixture
async def ground(own_code, bench, urls, shelves, double, mailbox) -> AsyncIterator[Ground]:
    database_url = await empty_database(bench.postgres, "orders", "crash")
    database = await asyncpg.connect(bench.postgres.url(database_name("orders", "crash")))
    yield Ground(own_code, bench, urls, database_url, database, shelves, double, mailbox)
    await database.close()


async def test_each_refund_is_made_once_wherever_the_process_dies(ground: Ground) -> None:
    article = ground.shelves.article(stock=5)
    with ground.running() as orders:
        async with httpx.AsyncClient(base_url=orders.url, timeout=60) as client:
            headers = {"Idempotency-Key": str(uuid4())}
            placed = (await client.post("/api/v1/orders", json=order_of((article, 3)), headers=headers)).json()
        secret = placed["payment"]["client_secret"]
        assert ground.double.pay(secret).status_code == 200
        await ground.until("paid")
    staff = Staff(ground, placed["order"]["id"])
    for number, (point, _, _) in enumerate(DEATHS):
        with ground.running(point) as orders:
            assert await staff.ask(orders, number) is None
            await eventually(orders.gone, 60, "the process's end")
        await ground.later()
        await ground.database.execute("update refunds set next_attempt_at = now() where next_attempt_at is not null")
    with ground.running() as orders:
        for number in range(len(DEATHS)):
            answer = await staff.ask(orders, number)
            assert answer is not None
            assert answer.status_code == 201, answer.text
        waiting = "select count(*) from refunds where status <> 'refunded'"
        await eventually(lambda: _none(ground, waiting), 60, "the refunds")
    amounts = await ground.database.fetchval("select array_agg(amount order by amount) from refunds")
    assert amounts[:3] == [300, 300, 300]
    made = "select array_agg(concat_ws(' ', id, origin, amount, created_at)) from refunds"
    assert len(amounts) == 4, await ground.database.fetchval(made)
    assert sorted(each["amount"] for each in ground.double.refunds_of(secret)) == amounts
    assert await ground.database.fetchval("select refunded from order_progress") == sum(amounts)
    assert await ground.database.fetchval("select cancelled from line_progress") == 1


async def _none(ground: Ground, sql: str) -> bool:
    return await ground.database.fetchval(sql) == 0

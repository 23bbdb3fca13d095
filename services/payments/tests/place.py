"""A database, a port and Stripe's double, between which processes of the service come and go."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx

from chassis.testing import eventually
from chassis.testing.databases import database_name
from chassis.testing.forks import Fork, Imported
from chassis.testing.keys import Bench
from chassis.testing.live import ready
from chassis.testing.waiting import wait_until
from chassis.values import uuid7
from payments.tests.double import Double

KILL = "payments.{}=kill*1"


class Place:
    """A database, a port and Stripe's double, which tells its webhooks there: processes come and go."""

    def __init__(
        self,
        own_code: Imported,
        bench: Bench,
        double: Double,
        port: int,
        database_url: str,
        settings: dict[str, Any],
        log: Path,
    ) -> None:
        self.own_code = own_code
        self.bench = bench
        self.double = double
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.database_url = database_url
        self.settings = settings
        self.log = log

    @contextmanager
    def process(self, failpoints: str = "") -> Iterator[Fork]:
        given = {name.upper(): value for name, value in self.settings.items()}
        environment = self.bench.environment("payments", self.database_url)
        values = {**os.environ, **environment, **given, "FAILPOINTS": failpoints}
        with self.own_code.started(values, self.log, self.port) as process:
            wait_until(lambda: ready(self.url) or process.poll() is not None, what="payments")
            yield process

    async def ask(self, path: str, **body: Any) -> httpx.Response | None:
        """What orders asks; None when the process dies over it."""
        headers = {"Authorization": f"Bearer {self.bench.keyring.service_token('orders', 'payments')}"}
        async with httpx.AsyncClient(base_url=self.url, timeout=60) as client:
            try:
                return await client.post(f"/internal/payments{path}", json=body or None, headers=headers)
            except httpx.TransportError:
                return None

    async def create(self, order_id: UUID) -> httpx.Response | None:
        return await self.ask("", order_id=str(order_id), amount=4200, currency="EUR")

    async def rows(self, sql: str, *arguments: Any) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self.bench.postgres.url(database_name("payments", "crash")))
        try:
            return await connection.fetch(sql, *arguments)
        finally:
            await connection.close()

    async def becomes(self, status: str) -> None:
        async def reached() -> bool:
            rows = await self.rows("select status from payments")
            return [row["status"] for row in rows] == [status]

        await eventually(reached, timeout=60, what=f"payment {status}")

    async def time_passes(self) -> None:
        """Long enough for every claim, lease and pause of the dead process to be over."""
        await self.rows(
            "update payments set claimed_until = '-infinity', next_check_at = now(), version = version + 1"
            " where next_check_at is not null"
        )
        await self.rows("update jobs set run_at = now()")
        await self.rows("update job_schedule set next_at = now(), leased_until = '-infinity'")


async def ended(process: Fork) -> None:
    await eventually(lambda: process.poll() is not None, timeout=60, what="the kill")


async def paid(place: Place) -> UUID:
    """An order whose payment is authorised, while the process runs."""
    order_id = uuid7()
    answer = await place.create(order_id)
    assert answer is not None
    assert answer.status_code == 200
    await asyncio.to_thread(place.double.pay, place.double.intent(order_id)["id"])
    await place.becomes("authorised")
    return order_id

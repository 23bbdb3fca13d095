"""The process is killed between what Stripe did and what we wrote; the next one goes on to one effect."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest

from chassis.testing import eventually
from chassis.testing.databases import database_name, empty_database
from chassis.testing.keys import Bench
from chassis.testing.live import ready
from chassis.testing.servers import child_process, free_port
from chassis.testing.waiting import wait_until
from chassis.values import uuid7
from payments.tests.conftest import settings
from payments.tests.double import DECLINED, Double, double_process

KILL = "payments.{}=kill*1"


class Place:
    """A database, a port and Stripe's double, which tells its webhooks there: processes come and go."""

    def __init__(self, bench: Bench, double: Double, port: int, database_url: str, log: Path) -> None:
        self.bench = bench
        self.double = double
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.database_url = database_url
        self.log = log

    @contextmanager
    def process(self, failpoints: str = "") -> Iterator[subprocess.Popen[bytes]]:
        given = {name.upper(): value for name, value in settings(self.double.url).items()}
        environment = self.bench.environment("payments", self.database_url)
        values = {**os.environ, **environment, **given, "FAILPOINTS": failpoints}
        argv = [sys.executable, "-m", "chassis.serve", "payments", "--port", str(self.port)]
        with self.log.open("ab") as log, child_process(argv, env=values, stdout=log, stderr=log) as process:
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


@pytest.fixture
async def place(bench: Bench, tmp_path: Path):
    port = free_port()
    database_url = await empty_database(bench.postgres, "payments", "crash")
    with double_process(tmp_path, f"http://127.0.0.1:{port}/webhooks/stripe") as url:
        double = Double(url)
        yield Place(bench, double, port, database_url, tmp_path / "payments.log")
        double.close()


async def ended(process: subprocess.Popen[bytes]) -> None:
    await eventually(lambda: process.poll() is not None, timeout=60, what="the kill")


@pytest.mark.parametrize("point", ["before_stripe", "after_stripe_before_commit"])
@pytest.mark.parametrize("retried", [True, False])
async def test_a_creation_is_finished_after_a_crash(place: Place, point: str, *, retried: bool):
    order_id = uuid7()
    with place.process(KILL.format(point)) as process:
        assert await place.create(order_id) is None
        await ended(process)
    assert len(place.double.intents(order_id)) == (point != "before_stripe")
    with place.process():
        await place.time_passes()
        if retried:
            answer = await place.create(order_id)
            assert answer is not None
            assert answer.json()["status"] == "requires_payment"
        await place.becomes("requires_payment")
    assert len(place.double.intents(order_id)) == 1


async def paid(place: Place) -> UUID:
    """An order whose payment is authorised, while the process runs."""
    order_id = uuid7()
    answer = await place.create(order_id)
    assert answer is not None
    assert answer.status_code == 200
    await asyncio.to_thread(place.double.pay, place.double.intent(order_id)["id"])
    await place.becomes("authorised")
    return order_id


@pytest.mark.parametrize("point", ["after_{}_begun", "before_stripe", "after_stripe_before_commit", "after_settled"])
@pytest.mark.parametrize(("operation", "end"), [("capture", "captured"), ("void", "cancelled")])
async def test_a_capture_or_cancellation_is_finished_after_a_crash(place: Place, point: str, operation: str, end: str):
    with place.process():
        order_id = await paid(place)
    place.double.faults(webhooks={"lost": True})
    with place.process(KILL.format(point.format(operation))) as process:
        await place.ask(f"/{order_id}/{operation}")
        await ended(process)
    assert await place.rows("select from jobs") == []
    with place.process():
        await place.time_passes()
        await place.becomes(end)
        await place.ask(f"/{order_id}/{operation}")  # orders was not answered, so it asks again
    intent = place.double.intent(order_id)
    assert intent["captures"] == (end == "captured")
    assert len(await place.rows("select from ledger_transactions")) == (end == "captured")
    assert await _facts(place) == ["payment.authorised", f"payment.{end}"]


@pytest.mark.parametrize("point", ["before_webhook_applied", "after_webhook_applied", "after_webhook_insert"])
async def test_a_webhook_without_an_answer_is_applied_after_a_crash(place: Place, point: str):
    order_id = uuid7()
    place.double.faults(webhooks={"paused": True})
    with place.process():
        await place.create(order_id)
    with place.process(KILL.format(point)) as process:
        await asyncio.to_thread(place.double.pay, place.double.intent(order_id)["id"])
        place.double.faults()
        await ended(process)
    stored = len(await place.rows("select from provider_events"))
    assert stored >= 1 or point == "before_webhook_applied"
    with place.process():
        await place.time_passes()
        await place.becomes("authorised")
        # The double waits longer after each failure: up to half a minute when this process took long to start.
        await eventually(lambda: _all_told(place), timeout=120, what="every webhook told again")
    assert await _facts(place) == ["payment.authorised"]


async def test_a_stored_webhook_is_applied_by_its_job_after_a_crash(place: Place):
    """Stripe has to be asked about a decline: only the job knows of it once the webhook is answered."""
    order_id = uuid7()
    with place.process():
        await place.create(order_id)
    # The reconciler is not to come first, however long the next process takes to start.
    await place.rows("update payments set next_check_at = now() + interval '1 hour', version = version + 1")
    with place.process(KILL.format("before_stripe")) as process:
        await asyncio.to_thread(place.double.pay, place.double.intent(order_id)["id"], DECLINED)
        await ended(process)
    place.double.faults(webhooks={"lost": True})
    assert len(await place.rows("select from jobs")) == 1
    with place.process():
        await place.time_passes()
        await eventually(lambda: _facts(place), what="the decline told")
    assert await _facts(place) == ["payment.declined"]


async def _facts(place: Place) -> list[str]:
    return [row["type"] for row in await place.rows("select type from outbox order by version")]


async def _all_told(place: Place) -> bool:
    """The intent created, its amount capturable, its charge."""
    rows = await place.rows("select count(*) from provider_events where applied_at is not null")
    return bool(rows[0]["count"] == 3)


async def test_the_log_contains_no_secret(place: Place):
    with place.process():
        order_id = await paid(place)
        await place.ask(f"/{order_id}/capture")
        await place.becomes("captured")
    (row,) = await place.rows("select client_secret from payments")
    log = place.log.read_text()
    assert "payment.captured" in log
    for secret in (row["client_secret"], "sk_test", "whsec"):
        assert secret not in log

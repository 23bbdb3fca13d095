"""The process is killed between two steps: nothing is left half-done, and the same request finishes it."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest

from catalog.importing import ImportOptions, import_products
from catalog.tests.shop import simple
from chassis.db import Database
from chassis.testing.databases import database_name, empty_database
from chassis.testing.forks import Imported, imported
from chassis.testing.keys import Bench
from chassis.testing.live import ready
from chassis.testing.servers import free_port
from chassis.testing.waiting import wait_until
from chassis.values import uuid7

COUNTS = """
select on_hand, reserved, (select count(*) from reservations where status <> 'released'),
       (select count(*) from stock_movements where reason <> 'imported')
from stock
"""


@dataclass(frozen=True)
class Service:
    url: str
    db_owner_url: str


@dataclass(frozen=True)
class Ground:
    own_code: Imported
    bench: Bench
    folder: Path

    @contextmanager
    def running(self, failpoints: str = "", *, fresh: bool = True, **settings: str) -> Iterator[Service]:
        """The catalog as a process; `fresh=False` leaves its database as it is."""
        database_url = asyncio.run(empty_database(self.bench.postgres, "catalog", "crash", fresh=fresh))
        own = {"MEDIA_DIR": str(self.folder), "FAILPOINTS": failpoints, **settings}
        values = {**os.environ, **self.bench.environment("catalog", database_url), **own}
        port, log = free_port(), self.folder / "catalog.log"
        url = f"http://127.0.0.1:{port}"
        with self.own_code.started(values, log, port) as process:
            wait_until(lambda: ready(url) or process.poll() is not None, what="catalog")
            assert ready(url), log.read_text(errors="replace")[-4000:]
            yield Service(url, self.bench.postgres.url(database_name("catalog", "crash")))


@pytest.fixture(scope="module")
def own_code() -> Iterator[Imported]:
    with imported("catalog") as found:
        yield found


@pytest.fixture
def ground(own_code: Imported, bench: Bench, tmp_path: Path) -> Ground:
    return Ground(own_code, bench, tmp_path)


def ask(service: Service, work: Callable[[asyncpg.Connection[Any]], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        connection = await asyncpg.connect(service.db_owner_url)
        try:
            return await work(connection)
        finally:
            await connection.close()

    return asyncio.run(run())


def books(service: Service) -> tuple[int, ...]:
    return tuple(ask(service, lambda connection: connection.fetchrow(COUNTS)))


def stock_up(service: Service) -> UUID:
    """One variant with ten units."""

    async def run() -> None:
        db = Database(service.db_owner_url, name="test")
        await db.connect()
        await import_products(db, [simple("ONE", 10)], ImportOptions("EUR"))
        await db.close()

    asyncio.run(run())
    return UUID(str(ask(service, lambda connection: connection.fetchval("select variant_id from stock"))))


def post(bench: Bench, service: Service, path: str, body: Any = None) -> httpx.Response | None:
    """The answer of /internal; None when the process died instead."""
    headers = {"Authorization": f"Bearer {bench.keyring.service_token('orders', 'catalog')}"}
    try:
        return httpx.post(f"{service.url}/internal/{path}", json=body, headers=headers, timeout=60)
    except httpx.TransportError:
        return None


def line(variant: UUID) -> dict[str, Any]:
    return {"variant_id": str(variant), "quantity": 3}


def dead(service: Service) -> bool:
    """Whether the worker has gone, so that its connections are gone too."""
    deadline = time.monotonic() + 60
    sql = "select count(*) from pg_stat_activity where application_name like 'catalog%' and state <> 'idle'"
    while ask(service, lambda connection: connection.fetchval(sql)):
        if time.monotonic() > deadline:
            return False
    return True


@pytest.mark.parametrize("step", ["reserve", "commit", "release"])
def test_after_a_crash_behind_the_statement_nothing_is_left_and_a_retry_does_it(
    ground: Ground, bench: Bench, step: str
):
    order = uuid7()
    before = (10, 0, 0, 0) if step == "reserve" else (10, 3, 1, 0)
    after = {"reserve": (10, 3, 1, 0), "commit": (7, 0, 1, 1), "release": (10, 0, 0, 0)}[step]
    path = "reservations" if step == "reserve" else f"reservations/{order}/{step}"
    with ground.running(f"{step}.written=kill") as service:
        body = {"order_id": str(order), "lines": [line(stock_up(service))], "hold_seconds": 900}
        if step != "reserve":
            post(bench, service, "reservations", body)
        assert post(bench, service, path, body if step == "reserve" else None) is None
        assert dead(service)
        assert books(service) == before
        with ground.running(fresh=False) as another:
            again = post(bench, another, path, body if step == "reserve" else None)
            assert again is not None
            assert again.status_code == 200
            assert books(another) == after


def test_an_adjustment_whose_answer_was_lost_is_not_made_twice(ground: Ground, bench: Bench):
    token = bench.keyring.access_token(uuid7(), ("stock:write",))
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "k1"}
    with ground.running("adjust.committed=raise*1") as service:
        stock_up(service)
        url = f"{service.url}/api/v1/admin/stock/ONE/adjustments"
        body = {"delta": -4, "reason": "broken"}
        assert httpx.post(url, json=body, headers=headers, timeout=60).status_code == 500
        assert books(service) == (6, 0, 0, 1)
        again = httpx.post(url, json=body, headers=headers, timeout=60)
        assert (again.status_code, again.json()["on_hand"]) == (200, 6)
        assert books(service) == (6, 0, 0, 1)


def test_an_import_that_was_killed_is_completed_by_repeating_it(ground: Ground, bench: Bench):
    token = bench.keyring.access_token(uuid7(), ("catalog:write",))
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "text/csv"}
    lines = "".join(f"p{number},P{number},S{number},5\n" for number in range(105))
    data = b"Handle,Title,Variant SKU,Variant Price\n" + lines.encode()
    counts = "select count(*) from products"
    with ground.running("import.batch=kill") as service:
        with pytest.raises(httpx.TransportError):
            httpx.post(f"{service.url}/api/v1/admin/imports?currency=EUR", content=data, headers=headers, timeout=60)
        assert dead(service)
        assert ask(service, lambda connection: connection.fetchval(counts)) == 100

        async def finish() -> Any:
            from catalog.importing import import_export

            db = Database(service.db_owner_url, name="test")
            await db.connect()
            done = await import_export(db, data, ImportOptions("EUR"))
            await db.close()
            return done

        done = asyncio.run(finish())
        assert (done.created, done.unchanged) == (5, 100)

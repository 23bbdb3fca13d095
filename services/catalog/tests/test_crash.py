"""The process is killed between two steps: nothing is left half-done, and the same request finishes it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest

from catalog.importing import ImportOptions, import_products
from catalog.tests.shop import simple
from chassis.db import Database
from chassis.testing import LiveService, live_service
from chassis.testing.keys import Bench
from chassis.values import uuid7

COUNTS = """
select on_hand, reserved, (select count(*) from reservations where status <> 'released'),
       (select count(*) from stock_movements where reason <> 'imported')
from stock
"""


def ask(service: LiveService, work: Callable[[asyncpg.Connection[Any]], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        connection = await asyncpg.connect(service.db_owner_url)
        try:
            return await work(connection)
        finally:
            await connection.close()

    return asyncio.run(run())


def books(service: LiveService) -> tuple[int, ...]:
    return tuple(ask(service, lambda connection: connection.fetchrow(COUNTS)))


def stock_up(service: LiveService) -> UUID:
    """One variant with ten units."""

    async def run() -> None:
        db = Database(service.db_owner_url, name="test")
        await db.connect()
        await import_products(db, [simple("ONE", 10)], ImportOptions("EUR"))
        await db.close()

    asyncio.run(run())
    return UUID(str(ask(service, lambda connection: connection.fetchval("select variant_id from stock"))))


def post(bench: Bench, service: LiveService, path: str, body: Any = None) -> httpx.Response | None:
    """The answer of /internal; None when the process died instead."""
    headers = {"Authorization": f"Bearer {bench.keyring.service_token('orders', 'catalog')}"}
    try:
        return httpx.post(f"{service.url}/internal/{path}", json=body, headers=headers, timeout=60)
    except httpx.TransportError:
        return None


def line(variant: UUID) -> dict[str, Any]:
    return {"variant_id": str(variant), "quantity": 3}


def dead(service: LiveService) -> bool:
    """Whether the worker has gone, so that its connections are gone too."""
    deadline = time.monotonic() + 60
    sql = "select count(*) from pg_stat_activity where application_name like 'catalog%' and state <> 'idle'"
    while ask(service, lambda connection: connection.fetchval(sql)):
        if time.monotonic() > deadline:
            return False
    return True


def test_after_a_crash_before_the_commit_nothing_is_reserved_or_sold(bench: Bench, tmp_path: Path):
    order = uuid7()
    with live_service("catalog", bench, MEDIA_DIR=str(tmp_path), FAILPOINTS="reserve.written=kill") as service:
        variant = stock_up(service)
        body = {"order_id": str(order), "lines": [line(variant)], "hold_seconds": 900}
        assert post(bench, service, "reservations", body) is None
        assert dead(service)
        assert books(service) == (10, 0, 0, 0)


@pytest.mark.parametrize("step", ["commit", "release"])
def test_a_crash_while_an_order_ends_leaves_its_reservation_unchanged(bench: Bench, tmp_path: Path, step: str):
    order = uuid7()
    with live_service("catalog", bench, MEDIA_DIR=str(tmp_path), FAILPOINTS=f"{step}.written=kill") as service:
        variant = stock_up(service)
        body = {"order_id": str(order), "lines": [line(variant)], "hold_seconds": 900}
        held = post(bench, service, "reservations", body)
        assert held is not None
        assert held.status_code == 200
        assert post(bench, service, f"reservations/{order}/{step}") is None
        assert dead(service)
        assert books(service) == (10, 3, 1, 0)


@pytest.mark.parametrize("step", ["reserve", "commit", "release"])
def test_after_a_crash_behind_the_statement_a_retry_gets_the_answer(bench: Bench, tmp_path: Path, step: str):
    order, media = uuid7(), str(tmp_path)
    after = {"reserve": (10, 3, 1, 0), "commit": (7, 0, 1, 1), "release": (10, 0, 0, 0)}[step]
    path = "reservations" if step == "reserve" else f"reservations/{order}/{step}"
    with live_service("catalog", bench, MEDIA_DIR=media, FOLLOWED_BY="", FAILPOINTS=f"{step}.written=kill") as service:
        body = {"order_id": str(order), "lines": [line(stock_up(service))], "hold_seconds": 900}
        if step != "reserve":
            post(bench, service, "reservations", body)
        assert post(bench, service, path, body if step == "reserve" else None) is None
        assert dead(service)
        assert books(service) == after
        with live_service("catalog", bench, fresh=False, MEDIA_DIR=media, FOLLOWED_BY="") as another:
            again = post(bench, another, path, body if step == "reserve" else None)
            assert again is not None
            assert again.status_code == 200
            assert books(another) == after


def test_an_adjustment_whose_answer_was_lost_is_not_made_twice(bench: Bench, tmp_path: Path):
    token = bench.keyring.access_token(uuid7(), ("stock:write",))
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "k1"}
    with live_service("catalog", bench, MEDIA_DIR=str(tmp_path), FAILPOINTS="adjust.committed=raise*1") as service:
        stock_up(service)
        url = f"{service.url}/api/v1/admin/stock/ONE/adjustments"
        body = {"delta": -4, "reason": "broken"}
        assert httpx.post(url, json=body, headers=headers, timeout=60).status_code == 500
        assert books(service) == (6, 0, 0, 1)
        again = httpx.post(url, json=body, headers=headers, timeout=60)
        assert (again.status_code, again.json()["on_hand"]) == (200, 6)
        assert books(service) == (6, 0, 0, 1)


def test_an_import_that_was_killed_is_completed_by_repeating_it(bench: Bench, tmp_path: Path):
    token = bench.keyring.access_token(uuid7(), ("catalog:write",))
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "text/csv"}
    lines = "".join(f"p{number},P{number},S{number},5\n" for number in range(105))
    data = b"Handle,Title,Variant SKU,Variant Price\n" + lines.encode()
    counts = "select count(*) from products"
    with live_service("catalog", bench, MEDIA_DIR=str(tmp_path), FAILPOINTS="import.batch=kill") as service:
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

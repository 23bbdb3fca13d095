from __future__ import annotations

import asyncio
import socket

import asyncpg
import pytest

from chassis.db import Database, listener
from chassis.testing.databases import database_name, empty_database
from chassis.tests.log.jobs_support import connected, cut
from chassis.tests.log.support import one, opened
from chassis.worker import reports


async def test_listener_reports_whether_its_connection_was_lost(bench, quick):
    async with opened(await empty_database(bench.postgres, "hello", "jobs")) as ctx:
        connection = listener.Listener(ctx.db)
        await connection.fetch("select 1")
        began = connection.generation
        assert not await connection.lost_since(began)
        await cut(bench, refuse=False)
        assert await connection.lost_since(began)
        await connection.fetch("select 1")
        assert await connection.lost_since(began)
        assert not await connection.lost_since(connection.generation)
        connection.close()


async def test_listener_plans_each_statement_once(bench):
    async with opened(await empty_database(bench.postgres, "hello", "jobs")) as ctx:
        connection = listener.Listener(ctx.db)
        for number in range(3):
            await connection.fetch("select name from jobs where id = any($1::bigint[])", list(range(number)))
        plans = "select generic_plans, custom_plans from pg_prepared_statements where statement like 'select name%'"
        assert [tuple(row) for row in await connection.fetch(plans)] == [(3, 0)]
        connection.close()


async def test_report_that_the_database_refuses_is_dropped(bench, quick):
    async with opened(await empty_database(bench.postgres, "hello", "jobs")) as ctx:
        connection = listener.Listener(ctx.db)
        debts = reports.PendingReports(connection)
        debts.add("select no_such_column")
        debts.add("insert into greetings (name) values ($1)", "told")
        with pytest.raises(asyncpg.UndefinedColumnError):
            await debts.settle()
        await debts.settle()
        assert await one(ctx.db, "select name from greetings") == "told"
        connection.close()


async def test_report_cancelled_before_its_turn_is_kept(bench, quick):
    async with opened(await empty_database(bench.postgres, "hello", "jobs")) as ctx:
        connection = listener.Listener(ctx.db)
        debts = reports.PendingReports(connection)
        await connection.fetch("select 1")
        debts.add("insert into greetings (name) values ($1)", "told")
        async with connection._lock:
            waiting = asyncio.create_task(debts.settle())
            await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.wait([waiting])
        assert (waiting.cancelled(), connection.connected) == (True, True)
        await debts.settle()
        assert await one(ctx.db, "select name from greetings") == "told"
        connection.close()


async def test_a_server_that_accepts_and_never_answers_causes_a_timeout(quick, monkeypatch):
    monkeypatch.setattr(listener, "PATIENCE_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://x@127.0.0.1:{silent.getsockname()[1]}/x?sslmode=disable"
        connection = listener.Listener(Database(url, name="test"))
        asked = [connection.fetch("select 1") for _ in range(3)]
        answers = await asyncio.wait_for(asyncio.gather(*asked, return_exceptions=True), 60)
    assert [type(answer) for answer in answers] == [TimeoutError] * 3


async def test_whoever_waits_is_woken_when_the_connection_is_lost_and_when_it_is_made(bench):
    async with opened(await empty_database(bench.postgres, "hello", "jobs")) as ctx:
        connection = listener.Listener(ctx.db)
        bell = connection.signal("anything")
        made = bell.next()
        await connection.fetch("select 1")
        assert await listener.wait_for(made, 60)
        lost = bell.next()
        async with connected(bench.postgres.url(database_name("hello", "jobs"))) as owner:
            sql = "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'test-dedicated'"
            await owner.fetchval(sql)
        assert await listener.wait_for(lost, 60)
        # Who ends it knows.
        await connection.fetch("select 1")
        ended = bell.next()
        connection.close()
        assert not await listener.wait_for(ended, 0.2)

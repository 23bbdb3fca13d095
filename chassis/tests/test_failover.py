"""What a failover of the database does to connections: a commit that no standby has, and servers that are gone."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from chassis.db import UNREACHABLE, Database
from chassis.db import database as module
from chassis.testing import eventually
from chassis.testing.servers import postgres_server

PID = "select pg_backend_pid()"


@pytest.fixture
async def owner(postgres):
    connection = await asyncpg.connect(postgres.url("postgres"))
    await connection.execute("create database failover_test")
    yield connection
    await connection.execute("drop database failover_test with (force)")
    await connection.close()


@pytest.fixture
async def database(postgres, owner):
    database = Database(postgres.url("failover_test"), name="failover", size=4)
    await database.connect()
    yield database
    await database.close()


@pytest.fixture(scope="module")
def without_standby():
    """The URL of a database whose commits wait for a standby that there is not."""

    async def prepare(url: str) -> None:
        connection = await asyncpg.connect(url)
        await connection.execute("create table things (id int)")
        await connection.execute("alter database postgres set synchronous_commit = 'on'")
        await connection.execute("alter system set synchronous_standby_names = 'nobody'")
        await connection.execute("select pg_reload_conf()")
        await eventually(lambda: connection.fetchval("select current_setting('synchronous_standby_names') = 'nobody'"))
        await connection.close()

    with postgres_server() as server:
        asyncio.run(prepare(server.url("postgres")))
        yield server.url("postgres")


@pytest.mark.parametrize(
    ("transaction", "given_up", "number"),
    [("write", "by its caller", 1), ("write_one", "by its caller", 2), ("write", "by its timeout", 3)],
)
async def test_commit_that_waits_for_a_standby_and_is_given_up_is_shown_to_nobody(
    without_standby, transaction, given_up, number, monkeypatch
):
    if given_up == "by its timeout":
        monkeypatch.setattr(module, "SILENCE_SECONDS", 3.0)
    name = f"failover-{number}"
    database = Database(without_standby, name=name, size=1)
    await database.connect()
    reader = await asyncpg.connect(without_standby)
    waiting = "select count(*) from pg_stat_activity where wait_event = 'SyncRep' and application_name = $1"

    async def write() -> None:
        async with getattr(database, transaction)() as tx:
            await tx.execute("insert into things values ($1)", number)

    writing = asyncio.create_task(write())
    await eventually(lambda: reader.fetchval(waiting, name))
    if given_up == "by its caller":
        writing.cancel()
    (outcome,) = await asyncio.gather(writing, return_exceptions=True)
    assert isinstance(outcome, TimeoutError if given_up == "by its timeout" else asyncio.CancelledError)
    async with database.write() as tx:  # the pool has its only place again; what changes nothing waits for no standby
        assert await tx.value("select count(*) from things") == 0
    await database.close()
    assert await reader.fetchval(waiting, name) == 1
    assert await reader.fetchval("select count(*) from things") == 0
    await reader.close()


async def test_the_server_ends_what_a_dedicated_connection_gave_up(database):
    connection = await database.dedicated()
    assert await connection.fetchval("show statement_timeout") == "15s"
    await connection.close()


async def test_server_that_became_a_standby_is_left_by_all_connections(database):
    async with database.read() as reading, database.write() as tx:
        before = {await reading.value(PID), await tx.value(PID)}
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        async with database.write() as tx:
            await tx.execute("set transaction read only")
            await tx.execute("create table things (id int)")
    async with database.read() as reading, database.write() as tx:
        assert not before & {await reading.value(PID), await tx.value(PID)}


async def test_after_one_connection_is_cut_no_other_old_one_is_used(database, owner):
    async with database.read() as one, database.read() as two, database.write() as tx:
        before = {await one.value(PID), await two.value(PID), await tx.value(PID)}
    with pytest.raises(UNREACHABLE):
        async with database.write() as tx:
            await owner.execute("select pg_terminate_backend($1)", await tx.value(PID))
            await tx.value("select pg_sleep(60)")
    async with database.read() as one, database.read() as two, database.write() as tx:
        assert not before & {await one.value(PID), await two.value(PID), await tx.value(PID)}


async def test_an_error_of_a_statement_keeps_the_connections(database):
    async with database.write() as tx:
        before = await tx.value(PID)
    with pytest.raises(asyncpg.UndefinedTableError):
        async with database.write() as tx:
            await tx.execute("delete from nothing")
    async with database.write() as tx:
        assert await tx.value(PID) == before

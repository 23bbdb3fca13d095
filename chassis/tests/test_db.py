from __future__ import annotations

import asyncio

import asyncpg
import msgspec
import pytest

from chassis.db import Database, in_transaction
from chassis.testing import eventually


class Row(msgspec.Struct):
    id: int
    note: str | None


@pytest.fixture(scope="module")
def url(postgres):
    async def make():
        connection = await asyncpg.connect(postgres.url("postgres"))
        await connection.execute("drop database if exists db_test with (force)")
        await connection.execute("create database db_test")
        await connection.close()
        connection = await asyncpg.connect(postgres.url("db_test"))
        await connection.execute("create table things (id int primary key, note text, data jsonb)")
        await connection.close()

    asyncio.run(make())
    return postgres.url("db_test")


@pytest.fixture
async def database(url):
    database = Database(url, name="test", size=4)
    await database.connect()
    async with database.write() as tx:
        await tx.execute("delete from things")
    yield database
    await database.close()


async def test_rows_become_the_class_that_is_asked_for(database):
    async with database.write() as tx:
        assert await tx.execute("insert into things (id, note) values (1, 'a'), (2, null)") == 2
        await tx.execute_many("insert into things (id) values ($1)", [(3,), (4,)])
    async with database.read() as tx:
        assert await tx.rows(Row, "select id, note from things where id < 3 order by id") == [Row(1, "a"), Row(2, None)]
        assert await tx.row(Row, "select id, note from things where id = 9") is None
        assert await tx.row(Row, "select id, note from things where id = 1") == Row(1, "a")
        assert await tx.value("select count(*) from things") == 4


async def test_statements_that_count_no_rows_return_0(database):
    async with database.write() as tx:
        assert await tx.execute("create temporary table scratch (id int) on commit drop") == 0


async def test_json_is_decoded_and_encoded(database):
    async with database.write() as tx:
        document = {"a": [1, "é", None]}
        assert await tx.value("insert into things (id, data) values (1, $1) returning data", document) == document


async def test_an_exception_rolls_everything_back(database):
    with pytest.raises(RuntimeError, match="boom"):
        async with database.write() as tx:
            await tx.execute("insert into things (id) values (1)")
            raise RuntimeError("boom")
    async with database.read() as tx:
        assert await tx.value("select count(*) from things") == 0


async def test_a_cancelled_request_leaves_neither_rows_nor_a_lost_connection(database):
    entered = asyncio.Event()

    async def request():
        async with database.write() as tx:
            await tx.execute("insert into things (id) values (1)")
            entered.set()
            await asyncio.Event().wait()

    for _ in range(6):  # more than the pool holds
        task = asyncio.create_task(request())
        await entered.wait()
        entered.clear()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    async with database.read() as tx:
        assert await tx.value("select count(*) from things") == 0
    assert database.pool_state()["write"][1] == 0


async def test_the_reading_side_cannot_write(database):
    async with database.read() as tx:
        with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
            await tx.value("insert into things (id) values (1) returning id")


async def test_a_transaction_is_known_and_does_not_nest(database):
    assert not in_transaction()
    async with database.write():
        assert in_transaction()
        with pytest.raises(RuntimeError, match="inside a transaction"):
            async with database.write():
                pass
    assert not in_transaction()


async def test_deadlocks_are_tried_again_and_both_succeed(database):
    async with database.write() as tx:
        await tx.execute("insert into things (id, note) values (1, ''), (2, '')")
    first_locks = asyncio.Barrier(2)
    tries = []

    def append(order: tuple[int, int], mark: str):
        async def body(tx):
            tries.append(mark)
            await tx.execute("update things set note = note || $2 where id = $1", order[0], mark)
            if len(tries) <= 2:
                await first_locks.wait()
            await tx.execute("update things set note = note || $2 where id = $1", order[1], mark)

        return body

    await asyncio.gather(database.transact(append((1, 2), "a")), database.transact(append((2, 1), "b")))
    async with database.read() as tx:
        notes = await tx.rows(Row, "select id, note from things")
    assert {"".join(sorted(row.note or "")) for row in notes} == {"ab"}
    # PostgreSQL ends one of the two, which comes back; a busy machine may let them collide once more.
    assert len(tries) >= 3


async def test_after_three_lost_conflicts_the_last_error_is_raised(database):
    async def always(_tx):
        raise asyncpg.DeadlockDetectedError("again")

    with pytest.raises(asyncpg.DeadlockDetectedError):
        await database.transact(always)


async def test_a_dedicated_connection_can_listen(database):
    connection = await database.dedicated()
    heard: asyncio.Queue[str] = asyncio.Queue()
    await connection.add_listener("news", lambda *arguments: heard.put_nowait(arguments[-1]))
    async with database.write() as tx:
        await tx.execute("select pg_notify('news', 'hello')")
    assert await asyncio.wait_for(heard.get(), 60) == "hello"
    await connection.close()


async def test_before_connecting_there_is_nothing_to_close():
    await Database("postgresql:///nowhere", name="test").close()


async def test_one_statement_is_a_transaction_of_its_own(database):
    async with database.write_one() as tx:
        assert in_transaction()
        assert await tx.value("insert into things (id, note) values (1, 'a') returning id") == 1
    async with database.read() as tx:
        assert await tx.row(Row, "select id, note from things") == Row(1, "a")
    assert database.pool_state()["write"][1] == 0


@pytest.mark.parametrize("method", ["value", "execute", "row", "rows", "rows_planned", "execute_many"])
async def test_a_second_statement_is_refused(database, method):
    arguments: dict[str, tuple] = {
        "row": (Row, "select 1 as id, null as note"),
        "rows": (Row, "select 1 as id, null as note"),
        "rows_planned": (Row, "select 1 as id, null as note"),
    }
    arguments["execute_many"] = ("insert into things (id) values ($1)", [(7,)])
    call = arguments.get(method, ("select 1",))
    async with database.write_one() as tx:
        await getattr(tx, method)(*call)
        with pytest.raises(RuntimeError, match="a second statement"):
            await getattr(tx, method)(*call)


async def test_a_single_statement_inside_a_transaction_is_refused(database):
    async with database.write():
        with pytest.raises(RuntimeError, match="inside a transaction"):
            async with database.write_one():
                pass


async def test_a_server_whose_socket_is_gone_is_unreachable(tmp_path):
    database = Database(f"postgresql:///x?host={tmp_path}", name="test")
    with pytest.raises(ConnectionRefusedError, match="socket is not there"):
        await database.connect()
    with pytest.raises(ConnectionRefusedError):
        await database.dedicated()


async def test_no_route_and_a_database_that_allows_no_connections_are_unreachable(postgres, url):
    for address in ("255.255.255.255:1", "127.0.0.1:1"):
        with pytest.raises(ConnectionRefusedError):
            await Database(f"postgresql://x@{address}/x", name="test").connect()
    owner = await asyncpg.connect(postgres.url("postgres"))
    await owner.execute("alter database db_test allow_connections false")
    try:
        with pytest.raises(ConnectionRefusedError, match="takes no connections"):
            await Database(url, name="test").connect()
    finally:
        await owner.execute("alter database db_test allow_connections true")
        await owner.close()


async def test_opening_opens_both_pools_or_none_and_can_be_repeated(postgres, url):
    owner = await asyncpg.connect(url)
    await owner.execute("create role narrow login connection limit 1")
    database = Database(postgres.url("db_test", user="narrow"), name="narrow")
    open_now = "select count(*) from pg_stat_activity where usename = 'narrow'"
    try:
        with pytest.raises(asyncpg.TooManyConnectionsError):
            await database.connect()
        await eventually(lambda: _is(owner, open_now, 0))
        await owner.execute("alter role narrow connection limit 2")
        await database.connect()
        await database.connect()
        assert await owner.fetchval(open_now) == 2
    finally:
        await database.close()
        await eventually(lambda: _is(owner, open_now, 0))
        await owner.execute("drop role narrow")
        await owner.close()


async def _is(connection, sql, expected) -> bool:
    return bool(await connection.fetchval(sql) == expected)


async def test_closing_does_not_wait_for_a_query_that_never_ends(url, monkeypatch):
    monkeypatch.setattr("chassis.db.database.CLOSE_SECONDS", 0.05)
    database = Database(url, name="test")
    await database.connect()

    async def hold() -> None:
        async with database.read() as tx:
            await tx.value("select pg_sleep(60)")

    holding = asyncio.create_task(hold())
    await eventually(lambda: database.pool_state()["read"][1] == 1)
    await database.close()
    with pytest.raises(asyncpg.PostgresError):
        await holding

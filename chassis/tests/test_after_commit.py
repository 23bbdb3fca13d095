from __future__ import annotations

from contextlib import suppress

import asyncpg
import pytest

from chassis.db import Database, in_transaction
from chassis.testing.databases import empty_database


@pytest.fixture
async def db(bench):
    database = Database(await empty_database(bench.postgres, "hello", "after_commit"), name="test", size=2)
    await database.connect()
    yield database
    await database.close()


async def test_after_a_commit_callbacks_are_called_once_in_order_outside_the_transaction(db):
    calls: list[object] = []
    async with db.write() as tx:
        tx.after_commit(lambda: calls.append(("first", in_transaction())), otherwise=lambda: calls.append("never"))
        tx.after_commit(lambda: calls.append("second"))
        await tx.value("select 1")
        assert calls == []
    assert calls == [("first", False), "second"]


@pytest.mark.parametrize("statement", ["select 1", "select no_such_column"])
async def test_after_a_rollback_only_the_otherwise_callbacks_are_called(db, statement):
    calls: list[str] = []
    with suppress(KeyError, asyncpg.UndefinedColumnError):
        async with db.write() as tx:
            tx.after_commit(lambda: calls.append("committed"))
            tx.after_commit(lambda: calls.append("committed"), otherwise=lambda: calls.append("rolled back"))
            await tx.value(statement)
            raise KeyError
    assert calls == ["rolled back"]


async def test_a_refused_commit_counts_as_a_rollback(db):
    """A deferred constraint is looked at when all statements have passed."""
    calls: list[str] = []
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        async with db.write() as tx:
            await tx.execute("create temp table parents (id int primary key)")
            await tx.execute("create temp table kids (id int references parents deferrable initially deferred)")
            tx.after_commit(lambda: calls.append("committed"), otherwise=lambda: calls.append("refused"))
            await tx.execute("insert into kids values (1)")
    assert calls == ["refused"]


async def test_a_single_statement_counts_as_committed_where_it_passed(db):
    calls: list[str] = []
    async with db.write_one() as tx:
        tx.after_commit(lambda: calls.append("committed"))
        await tx.value("select 1")
    with suppress(asyncpg.UndefinedColumnError):
        async with db.write_one() as tx:
            tx.after_commit(lambda: calls.append("committed"), otherwise=lambda: calls.append("failed"))
            await tx.value("select no_such_column")
    assert calls == ["committed", "failed"]


async def test_a_transaction_tried_again_calls_for_the_last_try_alone(db):
    calls: list[int] = []
    tries = 0

    async def body(tx) -> None:
        nonlocal tries
        tries += 1
        tx.after_commit(lambda number=tries: calls.append(number))
        if tries < 3:
            raise asyncpg.DeadlockDetectedError

    await db.transact(body)
    assert calls == [3]


async def test_a_callback_that_raises_does_not_stop_the_others(db):
    called = []
    async with db.write() as tx:
        tx.after_commit(lambda: 1 / 0)
        tx.after_commit(lambda: called.append("after"))
        await tx.value("select 1")
    assert called == ["after"]

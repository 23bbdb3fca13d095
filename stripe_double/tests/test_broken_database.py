from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from stripe_double.app import create_app
from stripe_double.controls.clock import Clock
from stripe_double.controls.faults import Faults
from stripe_double.database import event_queue
from stripe_double.database.database import Database
from stripe_double.settings import Settings
from stripe_double.tests.running import until
from stripe_double.webhooks import sender

AWAY, BACK = "ALTER TABLE events RENAME TO elsewhere", "ALTER TABLE elsewhere RENAME TO events"


class Shop:
    """Counts what it is sent and answers 200."""

    def __init__(self) -> None:
        self.taken = 0

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        self.taken += 1
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    db = Database(tmp_path / "book")
    db.open()
    yield db
    db.close()


def outcome(db: Database) -> object:
    try:
        return db.read(lambda read: read.execute("SELECT outcome FROM events").fetchone())
    except sqlite3.Error:
        return None


def logged(caplog: pytest.LogCaptureFixture, words: str) -> bool:
    return any(words in record.getMessage() for record in caplog.records)


async def test_delivery_goes_on_after_database_errors(
    db: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "UNRECORDED_PAUSE", 0.05)
    shop = Shop()
    server = await asyncio.start_server(shop.answer, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    dispatcher = sender.WebhookSender(db, Settings(tmp_path, webhook_url=url), Faults(), Clock())
    now = time.time()
    await db.write(lambda write: event_queue.add(write, "evt_1", {}, now, now, lost=False))
    await db.write(lambda write: write.execute(AWAY))
    running = asyncio.create_task(dispatcher.run())
    try:
        await asyncio.to_thread(until, lambda: logged(caplog, "could not be read"), "trouble with reading")
        await db.write(lambda write: write.execute(BACK))
        refuse = "CREATE TRIGGER refuse BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'full'); END"
        await db.write(lambda write: write.execute(refuse))
        dispatcher.wake()
        await asyncio.to_thread(until, lambda: logged(caplog, "could not be recorded"), "trouble with writing")
        await db.write(lambda write: write.execute("DROP TRIGGER refuse"))
        await asyncio.to_thread(until, lambda: outcome(db) == ("delivered",), "the delivery")
        assert shop.taken >= 2
    finally:
        running.cancel()
        await asyncio.wait([running])
        server.close()


async def test_failed_delivery_ends_the_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[int] = []
    monkeypatch.setattr(os, "kill", lambda _pid, number: ended.append(number))
    app = create_app(Settings(tmp_path / "book", webhook_url="http://127.0.0.1:9/"))
    async with app.router.lifespan_context(app):
        # What no other try would mend, as a fault of its own code is.
        app.state.double.faults.webhooks = None
        app.state.double.webhooks.wake()
        await asyncio.to_thread(until, lambda: ended == [signal.SIGTERM], "the end")


async def test_writing_thread_goes_on_after_a_failed_rollback_and_a_closed_loop(db: Database) -> None:
    def broken(write: sqlite3.Connection) -> None:
        write.execute("COMMIT")  # then there is no transaction to roll back
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await db.write(broken)
    closed = asyncio.new_event_loop()
    never = db.write(lambda write: write.execute("SELECT 1"))

    def leave() -> None:
        closed.call_soon(closed.stop)
        task = closed.create_task(never)
        closed.run_forever()
        task.cancel()
        closed.run_until_complete(asyncio.gather(task, return_exceptions=True))
        closed.close()

    await asyncio.to_thread(leave)
    assert await db.write(lambda write: write.execute("SELECT 1").fetchone()) == (1,)

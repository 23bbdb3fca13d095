from __future__ import annotations

import asyncio

import asyncpg
import pytest

from chassis.db.listener import wait_for
from chassis.inbox import dead_letters, dispatcher, poller
from chassis.ops import cli
from chassis.resilience import failpoints
from chassis.service import readings
from chassis.testing.databases import database_name, empty_database
from chassis.tests.log.inbox_support import EFFECTS
from chassis.tests.log.support import node, serving
from chassis.worker import periodic, worker


@pytest.fixture
def quick(monkeypatch):
    """Time in small pieces, but for the leases: none lapses by itself, however busy the machine is."""
    for module in (dispatcher, poller, worker, periodic):
        monkeypatch.setattr(module, "LEASE_SECONDS", 60.0)
    for module in (worker, periodic):
        monkeypatch.setattr(module, "BEAT_SECONDS", 0.2)
    monkeypatch.setattr(poller, "RENEW_SECONDS", 0.2)
    monkeypatch.setattr(poller, "WAIT_SECONDS", 0.3)
    monkeypatch.setattr(poller, "STANDBY_SECONDS", 0.05)
    monkeypatch.setattr(dead_letters, "_SET_ASIDE", dead_letters._SET_ASIDE.replace("'1 second'", "'1 millisecond'"))
    monkeypatch.setattr(dead_letters, "_DUE", dead_letters._DUE.replace("2.0 ^ least(tries + 1, 6)", "0.001"))
    monkeypatch.setattr(readings, "SECONDS", 0.1)
    monkeypatch.setattr(readings, "STANDBY_SECONDS", 0.1)
    monkeypatch.setattr(worker, "FLOOR_SECONDS", 0.05)
    monkeypatch.setattr(worker, "pause", lambda _tries: 0.01)
    yield
    failpoints.configure("")


@pytest.fixture
def rests(monkeypatch):
    """Set when a worker has looked for jobs once; later it looks when it is woken, however long a test takes.

    A job enqueued during a look is notified and taken by another one, not begun.
    """
    monkeypatch.setattr(worker, "FLOOR_SECONDS", 3600)
    rests = asyncio.Event()

    async def wait(signal: asyncio.Event, seconds: float) -> bool:
        rests.set()
        return await wait_for(signal, seconds)

    monkeypatch.setattr(worker, "wait_for", wait)
    return rests


@pytest.fixture
async def catalog(bench):
    """The producer, with its feed on a port: (context, URL)."""
    async with node(bench, "producer") as ctx, serving(ctx, bench) as url:
        yield ctx, url


@pytest.fixture
async def database(bench):
    """The consumer's, with a table for effects."""
    url = await empty_database(bench.postgres, "hello", "inbox")
    owner = await asyncpg.connect(bench.postgres.url(database_name("hello", "inbox")))
    await owner.execute(EFFECTS)
    await owner.execute("truncate effects restart identity")
    await owner.close()
    return url


@pytest.fixture
def command(monkeypatch, capsys):
    """Runs a command on a database; its exit code and what it says."""

    async def command(database, *words):
        monkeypatch.setenv("DATABASE_URL", database)
        code = await asyncio.to_thread(cli.main, words)
        said = capsys.readouterr()
        return code, said.out + said.err

    return command

"""A service reduced to its log: a database, its jobs and consumers, and its feed on a port of loopback."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import IO, Any, ClassVar
from uuid import UUID

import msgspec
import uvicorn
from fastapi import FastAPI

from chassis import auth, outbox, telemetry
from chassis.cache import Valkey
from chassis.config import Settings
from chassis.context import Context
from chassis.db import Database
from chassis.http import ServiceClient
from chassis.jobs import Jobs
from chassis.limits import Limiter
from chassis.outbox import EventData, feed
from chassis.service import background
from chassis.testing import eventually
from chassis.testing.databases import empty_database
from chassis.testing.servers import free_port
from chassis.values import uuid7
from chassis.web.middleware import RequestMiddleware

# Between two questions to a producer that is away.
PAUSE_SECONDS = 0.05


class Counted(EventData, frozen=True):
    type: ClassVar[str] = "thing.counted"
    number: int


class Other(EventData, frozen=True):
    type: ClassVar[str] = "thing.other"


class Note(msgspec.Struct, frozen=True):
    text: str


@asynccontextmanager
async def opened(url, *, jobs=None, http=None, size=10) -> AsyncIterator[Context[Any]]:
    """A context on a database, with nothing running."""
    db = Database(url, name="test", size=size)
    await db.connect()
    missing: Any = None
    try:
        yield Context(
            spec=missing,
            settings=Settings.model_construct(follow_pause_seconds=PAUSE_SECONDS),
            db=db,
            http=http,
            cache=missing,
            limiter=Limiter(Valkey(None), "test", secret=b"a secret"),
            jobs=Jobs(jobs),
            log=telemetry.logger("test"),
        )
    finally:
        await db.close()


@asynccontextmanager
async def node(bench, purpose, *, jobs=None, consumers=(), producer_url=None, url=None) -> AsyncIterator[Context[Any]]:
    """A running one, as the service "orders"; "catalog" is at `producer_url`. Its database is empty unless named."""
    url = url or await empty_database(bench.postgres, "hello", purpose)
    http = ServiceClient("orders", bench.keyring.service_key("orders"), {"catalog": [producer_url or "http://[::1]:1"]})
    try:
        async with opened(url, jobs=jobs, http=http) as ctx, background.running(ctx, consumers):
            yield ctx
    finally:
        await http.aclose()


@asynccontextmanager
async def serving(ctx, bench, port=None) -> AsyncIterator[str]:
    """The feed of a context as that of the service "catalog", for the caller "orders"; its URL."""
    app = FastAPI()
    app.add_middleware(RequestMiddleware)
    app.include_router(feed.router())
    app.state.context = ctx
    app.state.callers = auth.ServiceVerifier.load(bench.keyring.callers_file({"orders"}), "catalog")
    port = port or free_port()
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", lifespan="off", access_log=False))
    task = asyncio.create_task(server.serve())
    try:
        await eventually(lambda: server.started)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = server.force_exit = True
        await task


async def count_up(db, count, aggregate_id: UUID | None = None, first=1) -> UUID:
    """Publish events 1, 2, 3, ... of an aggregate, each in a transaction of its own."""
    aggregate_id = aggregate_id or uuid7()
    for number in range(first, first + count):
        async with db.write() as tx:
            await outbox.publish(tx, "thing", aggregate_id, number, Counted(number))
    return aggregate_id


@contextmanager
def pipes_of(process: subprocess.Popen[bytes]) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    """Its standard input and output, closed at the end."""
    assert process.stdin
    assert process.stdout
    with process.stdin as given, process.stdout as output:
        yield given, output


class Said:
    """Stands where a module's logger does and keeps the events."""

    def __init__(self) -> None:
        self.events: list[str] = []

    def warning(self, event: str, **_fields: object) -> None:
        self.events.append(event)

    exception = error = warning


async def one(db, sql, *arguments) -> Any:
    """The first column of the first row."""
    async with db.read() as tx:
        return await tx.value(sql, *arguments)


async def drained(ctx, after="", limit=500):
    """Every event after a cursor, page by page."""
    events = []
    while True:
        page = await feed.poll(ctx, after, limit, 0)
        events += page.events
        if not page.events:
            assert page.cursor == after
            return events
        after = page.cursor


def numbers(events):
    return [msgspec.json.decode(event.data)["number"] for event in events]

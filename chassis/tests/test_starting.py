"""A service and its database: it starts without one, waits however long, and outlives its absence later."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import subprocess
import sys
import time
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import httpx
import pytest

from chassis.config import Settings
from chassis.service import create_service
from chassis.testing import eventually
from chassis.testing.databases import database_name, empty_database
from chassis.testing.servers import child_process, free_port
from chassis.testing.waiting import wait_until


class Gate:
    """A TCP port in front of the test's PostgreSQL, which can be shut: then it refuses, and what was open is cut."""

    def __init__(self, bench) -> None:
        self._database = f"{bench.postgres.sockets}/.s.PGSQL.{bench.postgres.port}"
        self.port = free_port()
        self._listener: socket.socket | None = None
        self._passing: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self._listener.setblocking(False)
        asyncio.get_running_loop().add_reader(self._listener, self._accept)

    async def shut(self) -> None:
        if self._listener is not None:
            asyncio.get_running_loop().remove_reader(self._listener)
            self._listener.close()
            self._listener = None
        for passing in self._passing:
            passing.cancel()
        await asyncio.gather(*self._passing, return_exceptions=True)

    def _accept(self) -> None:
        """Take one connection. A server of asyncio takes it in several steps, between which a loop can end."""
        assert self._listener is not None
        near, _ = self._listener.accept()
        near.setblocking(False)
        passing = asyncio.create_task(self._pass(near))
        self._passing.add(passing)
        passing.add_done_callback(self._passing.discard)
        passing.add_done_callback(lambda _: near.close())

    async def _pass(self, near: socket.socket) -> None:
        with socket.socket(socket.AF_UNIX) as far:
            far.setblocking(False)
            await asyncio.get_running_loop().sock_connect(far, self._database)
            ways = [asyncio.create_task(_copy(near, far)), asyncio.create_task(_copy(far, near))]
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
                await asyncio.gather(*ways, return_exceptions=True)


async def _copy(source: socket.socket, target: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    with contextlib.suppress(OSError):
        while data := await loop.sock_recv(source, 65_536):
            await loop.sock_sendall(target, data)


@asynccontextmanager
async def gate_before(bench):
    gate = Gate(bench)
    try:
        yield gate
    finally:
        await gate.shut()


@contextmanager
def served(bench, url, log: Path, server="granian", **environment):
    """hello by a real server; its process and a client of it."""
    port = free_port()
    argv = [sys.executable, "-m", "chassis.serve", "hello", "--port", str(port), "--server", server]
    values = {**bench.environment("hello", url), "PATH": "/usr/bin:/bin", **environment}
    with (
        log.open("wb") as output,
        child_process(argv, env=values, stdout=output, stderr=output) as process,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client,
    ):
        yield process, client


def answers(client, path, status) -> bool:
    try:
        return bool(client.get(path).status_code == status)
    except httpx.HTTPError:
        return False


@pytest.mark.parametrize("server", ["granian", "uvicorn"])
async def test_a_service_starts_without_a_database_and_serves_when_it_is_available(bench, tmp_path, server):
    await empty_database(bench.postgres, "hello", "starting")
    headers = {"Authorization": f"Bearer {bench.keyring.access_token()}"}
    async with gate_before(bench) as gate:
        url = f"postgresql://service_runtime@127.0.0.1:{gate.port}/{database_name('hello', 'starting')}"
        with served(bench, url, tmp_path / "log", server) as (process, client):
            await asyncio.to_thread(wait_until, lambda: answers(client, "/health/live", 200))
            ready = client.get("/health/ready")
            assert (ready.status_code, ready.text) == (503, "starting")
            refused = client.post("/api/v1/greetings/ada", headers=headers)
            assert (refused.status_code, refused.json()["type"]) == (503, "dependency-unavailable")
            assert refused.headers["content-type"] == "application/problem+json"
            assert refused.headers["retry-after"] == "5"
            assert client.get("/nowhere").status_code == 503
            assert "background_loops_dead" in client.get("/metrics").text
            # The old patience was 30 seconds of tries five a second: here, many tries, and no end to them.
            tried = lambda: (tmp_path / "log").read_text().count("service.waiting") >= 5  # noqa: E731 -- a condition
            await asyncio.to_thread(wait_until, tried)
            assert process.poll() is None
            await gate.open()
            await asyncio.to_thread(wait_until, lambda: answers(client, "/health/ready", 200))
            assert (await asyncio.to_thread(client.post, "/api/v1/greetings/ada", headers=headers)).status_code == 201


@pytest.mark.parametrize("server", ["granian", "uvicorn"])
async def test_a_service_can_be_stopped_while_it_waits_for_its_database(bench, tmp_path, server):
    with served(bench, "postgresql://x@127.0.0.1:1/x", tmp_path / "log", server) as (process, client):
        await asyncio.to_thread(wait_until, lambda: answers(client, "/health/live", 200))
        process.terminate()
        assert await asyncio.to_thread(process.wait, 10) in {0, -15}
    assert "loop.died" not in (tmp_path / "log").read_text()


async def test_a_database_lost_later_leaves_it_ready_and_is_answered_503(bench, tmp_path):
    await empty_database(bench.postgres, "hello", "starting")
    headers = {"Authorization": f"Bearer {bench.keyring.access_token()}"}
    async with gate_before(bench) as gate:
        await gate.open()
        url = f"postgresql://service_runtime@127.0.0.1:{gate.port}/{database_name('hello', 'starting')}"
        with served(bench, url, tmp_path / "log") as (process, client):
            await eventually(lambda: asyncio.to_thread(answers, client, "/health/ready", 200), timeout=60)

            async def greet() -> int:
                return (await asyncio.to_thread(client.post, "/api/v1/greetings/ada", headers=headers)).status_code

            assert await greet() == 201
            await gate.shut()
            assert await greet() == 503
            assert await greet() == 503
            assert client.get("/health/ready").status_code == 200
            await gate.open()
            await eventually(lambda: _is(greet, 201))
            assert process.poll() is None


async def _is(ask, status) -> bool:
    return bool(await ask() == status)


def fails_at_start(log: Path, process: subprocess.Popen[bytes], *words: str) -> None:
    assert process.wait(60) == 1
    text = log.read_text()
    assert "loop.died" in text
    for word in words:
        assert word in text


@pytest.mark.parametrize("server", ["granian", "uvicorn"])
async def test_a_missing_migration_ends_the_process_with_a_clear_line(bench, tmp_path, server):
    import asyncpg

    url = await empty_database(bench.postgres, "hello", "starting")
    owner = await asyncpg.connect(bench.postgres.url(database_name("hello", "starting")))
    await owner.execute("delete from schema_migrations where name = 'hello/0001_greetings'")
    try:
        with served(bench, url, tmp_path / "log", server) as (process, _):
            await asyncio.to_thread(
                fails_at_start, tmp_path / "log", process, "chassis.db.migrate hello", "hello/0001_greetings"
            )
    finally:
        await owner.execute("insert into schema_migrations select 'hello/0001_greetings', 'x'")
        await owner.close()


@pytest.mark.parametrize("server", ["granian", "uvicorn"])
@pytest.mark.parametrize("loop", ["jobs", "jobs_beat", "periodic", "periodic_beat"])
async def test_the_process_ends_when_one_of_its_loops_does(bench, tmp_path, server, loop):
    url = await empty_database(bench.postgres, "hello", "starting")
    with served(bench, url, tmp_path / "log", server, FAILPOINTS=f"loops.{loop}=raise") as (process, client):
        await asyncio.to_thread(fails_at_start, tmp_path / "log", process, f'"labels.loop":"{loop.replace("_", " ")}"')
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", client.base_url.port)) != 0


async def test_a_start_interrupted_by_a_lost_database_is_repeated(bench):
    """`on_start` meets a database that goes away; it is left, and entered again."""
    url = await empty_database(bench.postgres, "hello", "starting")
    entered, left = [], []

    @asynccontextmanager
    async def on_start(_ctx):
        entered.append(time.monotonic())
        if len(entered) < 3:
            raise ConnectionResetError("gone again")
        try:
            yield
        finally:
            left.append(True)

    from chassis.testing.apps import started

    app = create_service("hello", settings=Settings, routers=[], on_start=on_start)
    fields = {**bench.environment("hello", url), "service_urls": {}}
    async with started(app, {name.lower(): value for name, value in fields.items()}) as client:
        assert len(entered) == 3
        assert (await client.get("/health/ready")).text == "ready"
    assert left == [True]


async def test_an_error_of_the_services_own_start_is_logged_and_ends_it(bench):
    from chassis.testing.apps import started

    @asynccontextmanager
    async def on_start(ctx):
        if ctx is not None:
            raise ZeroDivisionError
        yield

    url = await empty_database(bench.postgres, "hello", "starting")
    app = create_service("hello", settings=Settings, routers=[], on_start=on_start)
    fields = {**bench.environment("hello", url), "service_urls": {}}
    with pytest.raises(ZeroDivisionError):
        async with started(app, {name.lower(): value for name, value in fields.items()}):
            pass
    assert str(app.state.readiness) == "ended: service"

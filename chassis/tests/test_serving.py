from __future__ import annotations

import gc
import os
import signal
import socket
import subprocess
import sys

import httpx
import psutil
import pytest

from chassis import serve
from chassis.config import Settings, WrongSettings
from chassis.db.migrate import MigrationError
from chassis.service import create_service
from chassis.testing import eventually, live_service, running_app
from chassis.testing.apps import started
from chassis.testing.databases import database_name, empty_database
from chassis.testing.servers import free_port


async def test_a_database_without_its_migrations_is_refused(bench):
    import asyncpg

    url = await empty_database(bench.postgres, "hello")
    owner = await asyncpg.connect(bench.postgres.url(database_name("hello")))
    await owner.execute("delete from schema_migrations where name = 'hello/0001_greetings'")
    try:
        app = create_service("hello", settings=Settings, routers=[])
        fields = {**bench.environment("hello", url), "service_urls": {}}
        with pytest.raises(MigrationError, match=r"chassis\.db\.migrate hello.*missing: hello/0001_greetings"):
            async with started(app, {name.lower(): value for name, value in fields.items()}):
                pass
    finally:
        await owner.execute("insert into schema_migrations select 'hello/0001_greetings', 'x'")
        await owner.close()


async def test_missing_settings_end_the_start_by_name(monkeypatch):
    app = create_service("hello", settings=Settings, routers=[])
    with pytest.raises(WrongSettings, match="DATABASE_URL"):
        async with started(app, {}):
            pass


def test_sigterm_lets_requests_finish(bench):
    with live_service("hello", bench) as service:
        with httpx.Client(base_url=service.url, timeout=60) as client:
            assert client.get("/health/live").text == "alive"
        os.kill(service.process.pid, signal.SIGTERM)
        assert service.process.wait(60) in {0, -signal.SIGTERM}


async def test_running_app_gives_context_tokens_and_owner_url(bench):
    """`running_app` gives the context, tokens and the owner's URL."""
    async with running_app("hello", bench) as service:
        assert service.db_owner_url.startswith("postgresql://postgres@")
        assert service.caller("orders")["Authorization"].startswith("Bearer ey")
        with pytest.raises(TimeoutError, match="never"):
            await eventually(lambda: False, timeout=0.05, what="never")


def test_a_server_is_one_process_and_leaves_nothing_when_it_is_killed(bench):
    """What outlived it would hold the port and serve unknown to anybody."""
    with live_service("hello", bench) as service:
        assert psutil.Process(service.process.pid).children(recursive=True) == []
        service.process.kill()
        service.process.wait()
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{service.url}/health/live", timeout=60)


@pytest.mark.parametrize("server", ["granian", "uvicorn"])
def test_a_start_that_fails_ends_with_a_code_that_says_so(server):
    """Its settings are missing, which is told by name."""
    argv = [sys.executable, "-m", "chassis.serve", "hello", "--port", str(free_port()), "--server", server]
    done = subprocess.run(argv, env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "DATABASE_URL" in done.stdout + done.stderr


def test_a_connection_outlives_an_answer_that_needed_no_body(bench):
    """A proxy may send the next request on it: a server that has not read the body would close it under that."""
    with live_service("hello", bench) as service:
        host, port = service.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=60) as connection:
            for _ in range(3):
                connection.sendall(b"POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n")
                connection.settimeout(0.3)
                with pytest.raises(TimeoutError):  # it waits for the body
                    connection.recv(1)
                connection.settimeout(60)
                connection.sendall(b"{}")
                assert b" 404 " in whole_answer(connection).split(b"\r\n", 1)[0]


def whole_answer(connection: socket.socket) -> bytes:
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += connection.recv(65_536)
    head, _, body = answer.partition(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    while len(body) < length:
        body += connection.recv(65_536)
    return head


def test_the_garbage_collector_runs_less_often_and_skips_objects_of_the_start():
    before = gc.get_threshold()
    gc.disable()  # as it is while a service is imported
    try:
        serve.collect_less_often()
        assert gc.isenabled()
        assert gc.get_freeze_count() > 10_000
        assert gc.get_threshold() == serve.COLLECTOR
    finally:
        gc.enable()
        gc.set_threshold(*before)
        gc.unfreeze()

"""A service that is imported once and started again and again."""

from __future__ import annotations

import asyncio
import os
import signal

from chassis.testing import forks
from chassis.testing.databases import empty_database
from chassis.testing.live import ready
from chassis.testing.servers import free_port
from chassis.testing.waiting import wait_until


def test_a_service_is_started_again_and_ends_in_any_case(bench, tmp_path, monkeypatch):
    url = asyncio.run(empty_database(bench.postgres, "hello", "forks"))
    values = {**os.environ, **bench.environment("hello", url)}
    log, port = tmp_path / "log", free_port()
    at = f"http://127.0.0.1:{port}"
    with forks.imported("hello") as code:
        for _ in range(2):
            with code.started(values, log, port) as fork:
                wait_until(lambda: ready(at) or fork.poll() is not None)
                assert ready(at), log.read_text()
            assert fork.poll() == 0
        with code.started({**values, "DATABASE_POOL_SIZE": "none"}, log, port) as fork:
            wait_until(lambda: fork.poll() is not None)
        assert fork.poll() == 1
        assert "DATABASE_POOL_SIZE" in log.read_text()
        monkeypatch.setattr(forks, "_PATIENCE_SECONDS", 0.1)
        with code.started(values, log, port) as fork:
            wait_until(lambda: ready(at))
            os.kill(fork.pid, signal.SIGSTOP)
        wait_until(lambda: fork.poll() is not None)
        assert fork.poll() == -signal.SIGKILL

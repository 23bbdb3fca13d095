"""Starts the servers to measure: each is a process, all by the same command."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from chassis.testing.databases import empty_database
from chassis.testing.keys import Bench, Keyring
from chassis.testing.servers import answers, child_process, free_port, postgres_server, valkey_server
from chassis.testing.waiting import wait_until


def _starting(port: int) -> bool:
    """Whether the server is a service that listens but is not ready."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5):
            return False
    except urllib.error.HTTPError as answer:
        return answer.code == 503


def backends(stack: ExitStack) -> Bench:
    """A PostgreSQL, a Valkey and keys for a service that is measured without the store."""
    keys = stack.enter_context(Keyring(Path(stack.enter_context(tempfile.TemporaryDirectory()))))
    return Bench(stack.enter_context(postgres_server()), stack.enter_context(valkey_server()), keys)


def service_settings(stack: ExitStack) -> tuple[dict[str, str], dict[str, str]]:
    """Settings for `bare.ours` with backends of its own, and the headers of a signed-in customer."""
    made = backends(stack)
    url = asyncio.run(empty_database(made.postgres, "hello", "bench"))
    return made.environment("hello", url), {"Authorization": f"Bearer {made.keyring.access_token()}"}


@contextmanager
def bare(module: str, settings: Mapping[str, str] | None = None) -> Iterator[tuple[int, int]]:
    """Serve `app` of a module by granian with the flags of a service; yields its port and process id."""
    port = free_port()
    argv = [*(sys.executable, "-m", "granian", "--interface", "asgi", "--loop", "uvloop", "--workers", "1", "--no-ws")]
    argv += [*("--http", "1", "--no-access-log", "--log-level", "warning", "--backlog", "2048")]
    argv += ["--port", str(port), f"{module}:app"]
    environment = {**os.environ, **(settings or {})}
    with child_process(argv, env=environment, stdout=subprocess.DEVNULL) as process:
        wait_until(lambda: answers(port) and not _starting(port), what=module)
        yield port, process.pid

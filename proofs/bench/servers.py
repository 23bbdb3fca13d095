"""Servers to measure, each a process of its own by the same command."""

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
    """Whether it is a service of ours that is not ready yet: its port is open before that."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5):
            return False
    except urllib.error.HTTPError as answer:
        return answer.code == 503


def service_settings(stack: ExitStack) -> tuple[dict[str, str], dict[str, str]]:
    """Settings for `bare.ours` with a PostgreSQL and a Valkey of its own, and the headers of somebody signed in."""
    postgres = stack.enter_context(postgres_server())
    valkey = stack.enter_context(valkey_server())
    keys = stack.enter_context(Keyring(Path(stack.enter_context(tempfile.TemporaryDirectory()))))
    url = asyncio.run(empty_database(postgres, "hello", "bench"))
    settings = Bench(postgres, valkey, keys).environment("hello", url)
    return settings, {"Authorization": f"Bearer {keys.access_token()}"}


@contextmanager
def bare(module: str, settings: Mapping[str, str] | None = None) -> Iterator[tuple[int, int]]:
    """`app` of a module by granian with our flags; its port and process id."""
    port = free_port()
    argv = [*(sys.executable, "-m", "granian", "--interface", "asgi", "--loop", "uvloop", "--workers", "1", "--no-ws")]
    argv += [*("--http", "1", "--no-access-log", "--log-level", "warning", "--backlog", "2048")]
    argv += ["--port", str(port), f"{module}:app"]
    environment = {**os.environ, **(settings or {})}
    with child_process(argv, env=environment, stdout=subprocess.DEVNULL) as process:
        wait_until(lambda: answers(port) and not _starting(port), what=module)
        yield port, process.pid

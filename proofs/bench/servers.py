"""Servers to measure, each a process of its own by the same command."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from chassis.testing.servers import answers, child_process, free_port
from chassis.testing.waiting import wait_until


def _starting(port: int) -> bool:
    """Whether it is a service of ours that is not ready yet: its port is open before that."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5):
            return False
    except urllib.error.HTTPError as answer:
        return answer.code == 503


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

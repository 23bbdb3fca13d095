"""Orders as a process of its own that may be killed and started again on the same database."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from chassis.testing.forks import Fork, Imported
from chassis.testing.keys import Bench
from chassis.testing.live import ready
from chassis.testing.servers import free_port
from chassis.testing.waiting import wait_until


@dataclass(frozen=True)
class Process:
    url: str
    process: Fork

    def gone(self) -> bool:
        return self.process.poll() is not None


@contextmanager
def orders_process(
    imported: Imported, bench: Bench, database_url: str, urls: dict[str, list[str]], **settings: str
) -> Iterator[Process]:
    """`settings` are environment variables."""
    port = free_port()
    values = {**os.environ, **bench.environment("orders", database_url, urls), **settings}
    url = f"http://127.0.0.1:{port}"
    with (
        tempfile.NamedTemporaryFile(prefix="mercat-orders-", suffix=".log") as log,
        imported.started(values, Path(log.name), port) as process,
    ):
        wait_until(lambda: ready(url) or process.poll() is not None, what="orders")
        assert ready(url), Path(log.name).read_text(errors="replace")[-4000:]
        yield Process(url, process)

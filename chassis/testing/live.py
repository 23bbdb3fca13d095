"""A service as a process of its own, for the tests of those who call it."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from chassis.testing.databases import database_name, database_of
from chassis.testing.keys import Bench
from chassis.testing.servers import child_process, free_port
from chassis.testing.waiting import wait_until


@dataclass(frozen=True)
class LiveService:
    """Where it listens, its process, and its database for the role that owns it."""

    url: str
    process: subprocess.Popen[bytes]
    db_owner_url: str
    log: Path


def ready(url: str) -> bool:
    """Whether the service there says that it is ready."""
    try:
        with urllib.request.urlopen(f"{url}/health/ready", timeout=1) as answer:  # noqa: S310 -- loopback http
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@contextmanager
def live_service(
    package: str,
    bench: Bench,
    *,
    urls: dict[str, list[str]] | None = None,
    port: int | None = None,
    fresh: bool = True,
    purpose: str = "live",
    **environment: str,
) -> Iterator[LiveService]:
    """The service `package` by its own server, on a free port and an emptied database; ended with the block.

    `fresh=False` leaves the database as it is: for one more replica, or for one that starts again. `purpose`: of the
    database; one that outlives a file of tests needs its own, which no other file empties.
    """
    port = port or free_port()
    database_url = asyncio.run(database_of(bench.postgres, package, purpose, fresh=fresh))
    values = {**os.environ, **bench.environment(package, database_url, urls), **environment}
    argv = [sys.executable, "-m", "chassis.serve", package, "--port", str(port)]
    url = f"http://127.0.0.1:{port}"
    with (
        tempfile.NamedTemporaryFile(prefix=f"mercat-{package}-", suffix=".log") as log,
        child_process(argv, env=values, stdout=log, stderr=log) as process,
    ):
        try:
            wait_until(lambda: ready(url) or process.poll() is not None, what=package)
        finally:
            if not ready(url):
                sys.stderr.write(Path(log.name).read_text(errors="replace")[-4000:])
        owner_url = bench.postgres.url(database_name(package, purpose))
        yield LiveService(url, process, owner_url, Path(log.name))

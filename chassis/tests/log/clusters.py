"""PostgreSQL clusters that can be restored to a point in time and promoted, with a service's database in them."""

from __future__ import annotations

import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg

from chassis.db.migrate import migrate
from chassis.testing.servers import child_process
from chassis.testing.waiting import eventually, wait_until
from local_servers import embedded

DATABASE = "hello"


@contextmanager
def folder() -> Iterator[Path]:
    """Short enough for the path of a socket."""
    path = Path(tempfile.mkdtemp(prefix="mercat-pg-"))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def running(place: Path, name: str, port: int, **parameters: str) -> Iterator[embedded.Postgres]:
    """The cluster `name` below a folder, made if it is not there; killed with the block, as a lost machine is."""
    server = embedded.Postgres(place / name, place, port)
    server.initialise(durable=False)
    settings = {"fsync": "off", "full_page_writes": "off", "shared_buffers": "16MB", **parameters}
    with (
        (place / "log").open("ab") as log,
        child_process(
            server.command(**settings), stop=signal.SIGQUIT, stdout=log, stderr=log, env=embedded.environment()
        ),
    ):
        ready = [embedded.postgres_binary("pg_isready"), "-q", "-h", str(place), "-p", str(port)]
        wait_until(lambda: subprocess.run(ready, check=False).returncode == 0, what=f"PostgreSQL {name}")
        yield server


def copied(server: embedded.Postgres, name: str, *options: str) -> None:
    """Take a base backup of a running cluster, as the cluster `name` beside it."""
    argv = [embedded.postgres_binary("pg_basebackup"), "-D", str(server.sockets / name), "-h", str(server.sockets)]
    argv += ["-p", str(server.port), "-U", "postgres", "-c", "fast", "--no-sync", *options]
    subprocess.run(argv, check=True, capture_output=True, env=embedded.environment())


async def ask(server: embedded.Postgres, sql: str, database: str = "postgres") -> object:
    """The first column of the first row."""
    connection = await asyncpg.connect(server.url(database))
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


async def with_database(server: embedded.Postgres) -> str:
    """Make the service's database; its URL."""
    await ask(server, f"create database {DATABASE}")
    await migrate(server.url(DATABASE), "hello")
    return server.url(DATABASE)


async def promoted(server: embedded.Postgres) -> None:
    """Wait until it takes writes."""

    async def takes_writes() -> bool:
        try:
            return not await ask(server, "select pg_is_in_recovery()")
        except (asyncpg.PostgresError, OSError):
            return False

    await eventually(takes_writes, what="the end of recovery", every=0.1)

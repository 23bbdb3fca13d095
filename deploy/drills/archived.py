"""PostgreSQL with its backup as CloudNativePG makes it: base backup and write-ahead log by barman-cloud into S3."""

from __future__ import annotations

import shlex
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import asyncpg

from chassis.testing.servers import child_process, free_port
from chassis.testing.waiting import eventually, wait_until
from deploy.drills import objects as s3
from deploy.drills.objects import Objects
from local_servers import embedded

# A segment of the log is archived when it is full, and once `hurry` was called after so many seconds with a write: what
# may be lost.
ARCHIVE_SECONDS = 5
SERVER = "main"
_COMMON: dict[str, str | int] = {
    "shared_buffers": "64MB",
    "max_connections": 300,
    "unix_socket_permissions": "0700",
    "log_line_prefix": "%m ",
}


@dataclass(frozen=True)
class Archive:
    """Where PostgreSQL's folders, socket and log are, and the S3 server."""

    folder: Path
    port: int
    objects: Objects

    @property
    def environment(self) -> dict[str, str]:
        """For barman-cloud and for the server that calls it."""
        return {**embedded.environment(), **self.objects.environment}

    @property
    def log(self) -> Path:
        """What all servers of this archive have said."""
        return self.folder / "postgres.log"

    def server(self, name: str) -> embedded.Postgres:
        """The cluster of this name."""
        return embedded.Postgres(self.folder / name, self.folder, self.port)

    def barman(self, command: str, *words: str) -> list[str]:
        """A barman-cloud command on this archive."""
        place = ["--endpoint-url", self.objects.url, f"s3://{s3.BACKUPS}", SERVER]
        return s3.tool(f"barman-cloud-{command}", *place, *words)

    def back_up(self) -> None:
        """Take a base backup of the running cluster."""
        connection = ["-h", str(self.folder), "-p", str(self.port), "-U", "postgres", "--immediate-checkpoint"]
        s3.run([*self.barman("backup"), *connection], self.environment)

    def fetch(self, name: str, until: datetime | None) -> None:
        """Make the cluster `name` of the last base backup, to be recovered to a moment, or as far as the log goes."""
        last = s3.run(self.barman("backup-list"), self.environment).strip().splitlines()[-1].split()[0]
        data = self.folder / name
        s3.run(self.barman("restore", last, str(data)), self.environment)
        settings = {"restore_command": shlex.join(self.barman("wal-restore", "%f", "%p")), "archive_mode": "off"}
        settings |= {"recovery_target_action": "promote"}
        settings |= {"recovery_target_time": until.isoformat()} if until else {}
        with (data / "postgresql.auto.conf").open("a") as auto:
            auto.writelines(f"{key} = '{value}'\n" for key, value in settings.items())
        (data / "recovery.signal").touch()


def opened(folder: Path, objects: Objects) -> Archive:
    """An archive whose sockets and data are in `folder`."""
    return Archive(folder, free_port(), objects)


@contextmanager
def running(archive: Archive, name: str, *, archiving: bool) -> Iterator[subprocess.Popen[bytes]]:
    """The cluster `name`, made if there is none, until the block ends; every acknowledged commit is on its disk."""
    server = archive.server(name)
    server.initialise(durable=True)
    settings = dict(_COMMON)
    if archiving:
        command = shlex.join(archive.barman("wal-archive", "%p"))
        settings |= {"archive_mode": "on", "archive_command": command}
    with (
        archive.log.open("ab") as log,
        child_process(
            server.command(**settings), stop=signal.SIGINT, stdout=log, stderr=log, env=archive.environment
        ) as process,
    ):
        ready = [embedded.postgres_binary("pg_isready"), "-q", "-h", str(archive.folder), "-p", str(archive.port)]
        wait_until(lambda: subprocess.run(ready, check=False).returncode == 0, timeout=120, what="PostgreSQL")
        yield process


async def ask(archive: Archive, sql: str, database: str = "postgres") -> object:
    """The first column of the first row, as the superuser."""
    connection = await asyncpg.connect(archive.server("").url(database))
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


async def hurry(archive: Archive) -> None:
    """From now on a segment is archived after ARCHIVE_SECONDS, as it is in a cluster, and not only when it is full."""
    await ask(archive, f"alter system set archive_timeout = {ARCHIVE_SECONDS}")
    await ask(archive, "select pg_reload_conf()")


async def archived(archive: Archive) -> None:
    """Wait, after `hurry`, until all that is committed now is in the archive."""
    name = await ask(archive, "select pg_walfile_name(pg_current_wal_lsn())")
    done = f"select last_archived_wal >= '{name}' from pg_stat_archiver"
    await eventually(lambda: ask(archive, done), 300, "the archive", every=0.1)


async def recovered(archive: Archive) -> None:
    """Wait until the server takes writes."""

    async def takes_writes() -> bool:
        try:
            return not await ask(archive, "select pg_is_in_recovery()")
        except (asyncpg.PostgresError, OSError):
            return False

    await eventually(takes_writes, 300, "the end of recovery", every=0.1)

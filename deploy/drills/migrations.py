"""`make drill-migrations`: every migration of every service under load, on 1,000,000 rows, killed and run again.

Each table that a migration names and that is there before is filled. While clients read and write it, the migration
runs as a release runs it, is killed (SIGKILL) at once, after half a second and after two, and is run again to its end.
No statement may wait for a lock for more than a second, none may fail, and no index may be left invalid. Then three bad
migrations are tried, each of which must be found. A migration that only makes tables has nobody to disturb.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from chassis.db.migrate import _LOCK, Migration, find
from chassis.testing.servers import postgres_server
from chassis.testing.waiting import eventually
from deploy.drills import fill
from deploy.drills.bad_migrations import BAD, FIRST
from deploy.drills.statements import Outcome, under_load
from local_servers import embedded
from mercat.config import services
from mercat.installation import locate

KILLED_AFTER = (0.0, 0.5, 2.0)
LONGEST_WAIT = 1.0
# Not tried, and why.
EXEMPT = {
    "catalog/0003_search": "fills the search of products, of which there are none before the first install ends",
    "chassis/0015_audit_chain_by_index": "replaces a function, whose text alone names the tables",
}
_AT_WORK = f"select pid from pg_locks where locktype = 'advisory' and objid = {_LOCK} and granted"
_INVALID = "select array_agg(indexrelid::regclass::text) from pg_index where not indisvalid"


@dataclass(frozen=True)
class Result:
    """What one migration did to the tables it names: `kills` of its runs, and the seconds of the last."""

    name: str
    tables: list[str]
    rows: int
    kills: int
    seconds: float
    load: Outcome
    invalid: list[str]

    @property
    def complaints(self) -> list[str]:
        """What must not be."""
        found = [f"an index is left invalid: {index}" for index in self.invalid]
        if self.load.longest_wait > LONGEST_WAIT:
            found.append(f"a statement waited {self.load.longest_wait:.1f} s for a lock")
        if self.load.failed:
            found.append(f"{self.load.failed.total()} statements failed: {dict(self.load.failed)}")
        return [f"{self.name}: {each}" for each in found]

    @property
    def line(self) -> str:
        """For the printed table."""
        return (
            f"{self.name:34} {self.rows:>9} {self.kills:>5} {self.seconds:>7.1f} {self.load.longest_wait:>7.2f} "
            f"{self.load.statements:>9} {self.load.failed.total():>6}  {', '.join(self.tables)}"
        )


class Package:
    """A service's database, in which its migrations are tried one after the other."""

    def __init__(self, server: embedded.Postgres, name: str, path: Path | None = None) -> None:
        self.name, self.url = name, server.url(name)
        self._server = server
        self._environment = {**os.environ, "DATABASE_URL": self.url}
        if path is not None:
            self._environment["PYTHONPATH"] = f"{path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"

    async def create(self) -> None:
        """Make the database."""
        await self._ask("postgres", f'create database "{self.name}"')

    async def run(self, migration: str) -> None:
        """Apply the migrations up to this one.

        Raises:
            RuntimeError: it failed; the message is its output.
        """
        process = await self._start(migration)
        output, _ = await process.communicate()
        if process.returncode != 0:
            raise RuntimeError(f"{migration} failed:\n{output.decode()}")

    async def killed(self, migration: str, seconds: float) -> bool:
        """Kill a run so many seconds after it has begun to work; whether it was still at it."""
        process = await self._start(migration)
        waiting = asyncio.create_task(process.communicate())
        await eventually(lambda: waiting.done() or self._query(_AT_WORK), 60, "the migration", every=0.01)
        done, _ = await asyncio.wait([waiting], timeout=seconds)
        if not done:
            process.kill()
        await waiting

        async def gone() -> bool:
            return not await self._query(_AT_WORK)

        await eventually(gone, 120, "the end of what it had begun", every=0.05)
        applied = "select exists (select from schema_migrations where name = $1)"
        return not await self._query(applied, migration)

    async def _start(self, migration: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "chassis.db.migrate", self.name),
            env={**self._environment, "LAST_MIGRATION": migration},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )

    async def tried(self, migration: Migration, rows: int) -> Result | None:
        """Try a migration whose predecessors are applied; None if it names no table that is there."""
        connection = await asyncpg.connect(self.url)
        try:
            named = fill.touched(migration.sql, await fill.tables(connection))
            tables = [each for each in named if each not in fill.SMALL]
            if not tables or migration.name in EXEMPT:
                return None
            for table in tables:
                await fill.fill(connection, table, rows)
        finally:
            await connection.close()
        async with under_load(self.url, tables) as load:
            kills = 0
            while kills < len(KILLED_AFTER) and await self.killed(migration.name, KILLED_AFTER[kills]):
                kills += 1
            began = time.monotonic()
            await self.run(migration.name)
            seconds = time.monotonic() - began
        invalid = await self._query(_INVALID) or []
        return Result(migration.name, tables, rows, kills, seconds, load, invalid)

    async def _query(self, sql: str, *arguments: object) -> Any:
        return await self._ask(self.name, sql, *arguments)

    async def _ask(self, database: str, sql: str, *arguments: object) -> Any:
        connection = await asyncpg.connect(self._server.url(database))
        try:
            return await connection.fetchval(sql, *arguments)
        finally:
            await connection.close()


async def drill(rows: int, only: str) -> list[str]:
    """Try every migration, and the bad ones; complaints."""
    print(
        f"{'migration':34} {'rows':>9} {'kills':>5} {'seconds':>7} {'waited':>7} {'requests':>9} {'failed':>6}  tables"
    )
    complaints = []
    first, *others = [spec.name for spec in services.with_database(services.discover(locate().root))]
    # One server each: what one service's tables do to the disk does not last while the next is tried.
    for name in (each for each in (first, *others) if only in {"", each}):
        with postgres_server() as server:
            package = Package(server, name)
            complaints += await _tried_all(package, rows, chassis=name == first)
    if only in {"", "bad"}:
        with postgres_server() as server, tempfile.TemporaryDirectory() as folder:
            complaints += await _tried_bad(server, Path(folder), rows)
    return complaints


async def _tried_all(package: Package, rows: int, *, chassis: bool) -> list[str]:
    """Those of the chassis are tried with the first service alone: they are the same in each."""
    await package.create()
    complaints = []
    for migration in find(package.name):
        result = None
        if chassis or not migration.name.startswith("chassis/"):
            result = await package.tried(migration, rows)
        if result is None:
            await package.run(migration.name)
        else:
            complaints += result.complaints
            print(result.line, flush=True)
    return complaints


async def _tried_bad(server: embedded.Postgres, folder: Path, rows: int) -> list[str]:
    """Complaints about bad migrations that were not found."""
    unseen = []
    for number, (name, sql) in enumerate(BAD.items()):
        place = folder / f"bad_{number}" / "migrations"
        place.mkdir(parents=True)
        (place.parent / "__init__.py").touch()
        (place / "0001_first.sql").write_text(FIRST)
        (place / "0002_bad.sql").write_text(sql)
        package = Package(server, place.parent.name, folder)
        await package.create()
        await package.run(f"{package.name}/0001_first")
        result = await package.tried(Migration(f"{package.name}/0002_bad", sql), rows)
        assert result is not None  # noqa: S101 -- it names a table
        print(result.line, f"(bad: {name}; found: {bool(result.complaints)})", flush=True)
        unseen += [] if result.complaints else [f"a bad migration was not found: {name}"]
    return unseen


def main() -> None:
    """Run the drill, and say what it found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--only", default="", metavar="SERVICE", help="or: bad")
    arguments = parser.parse_args()
    for name, reason in EXEMPT.items():
        print(f"Not tried: {name}, which {reason}.")
    complaints = asyncio.run(drill(arguments.rows, arguments.only))
    sys.exit("\n".join(complaints) or 0)


if __name__ == "__main__":
    main()

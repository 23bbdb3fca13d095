"""Migrations: ordered SQL files, each applied once, forward only.

`python -m chassis.db.migrate catalog`, with DATABASE_URL of the owner; RUNTIME_ROLE, the role of the running service,
which may read and change rows but never a table; and AUDITOR_ROLE, which may read what the books need. Files are
`migrations/NNNN_what.sql`: the chassis' first, then the service's. Each runs in a transaction of its own, unless its
first line is `-- no-transaction`.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import msgspec

from chassis.config.service_spec import folder_of
from chassis.db import books
from chassis.db.roles import RolesError, grants_of_auditor, grants_of_runtime
from chassis.resilience import ending

_NAME = re.compile(r"\d{4}_[a-z0-9_]+\.sql")
_LOCK = 0x6D657263  # any constant, the same for all who migrate a Mercat database


class Migration(msgspec.Struct, frozen=True):
    """`name` is its place and file: "chassis/0001_outbox"."""

    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """SHA-256 of its SQL, in hexadecimal digits."""
        return hashlib.sha256(self.sql.encode()).hexdigest()

    @property
    def transactional(self) -> bool:
        """Whether it runs in a transaction."""
        return not self.sql.startswith("-- no-transaction")


class MigrationError(RuntimeError):
    """The database and the files do not fit together; the message says which file and what to do."""


def find(package: str) -> list[Migration]:
    """The migrations that a service's database needs, in their order."""
    found = []
    for place, folder in (("chassis", folder_of("chassis")), (package, folder_of(package))):
        for path in sorted((folder / "migrations").glob("*.sql")):
            if not _NAME.fullmatch(path.name):
                raise MigrationError(f"{path.name} is not named NNNN_what.sql")
            found.append(Migration(f"{place}/{path.stem}", path.read_text(encoding="utf-8")))
    return found


async def pending(value: Any, package: str) -> list[str]:
    """Names of the migrations that `value` (an `async value(sql)`) does not know as applied."""
    if await value("select to_regclass('schema_migrations') is null"):
        return [migration.name for migration in find(package)]
    applied = set(await value("select coalesce(array_agg(name), '{}') from schema_migrations"))
    return [migration.name for migration in find(package) if migration.name not in applied]


async def migrate(
    url: str, package: str, *, runtime_role: str | None = None, auditor_role: str | None = None
) -> list[str]:
    """Bring a database up to date; the names of what was applied. Safe to run twice at once and to interrupt.

    Raises:
        MigrationError: an applied file was changed afterwards, or one failed.
    """
    async with _locked(url) as connection:
        if runtime_role:
            await connection.execute(grants_of_runtime(runtime_role))
        await connection.execute(
            "create table if not exists schema_migrations (name text primary key, checksum text not null,"
            " applied_at timestamptz not null default now())"
        )
        known = dict(await connection.fetch("select name, checksum from schema_migrations"))
        applied = []
        for migration in find(package):
            if migration.name in known:
                _unchanged(migration, known[migration.name])
            else:
                await _apply(connection, migration)
                applied.append(migration.name)
        if auditor_role:
            await connection.execute(grants_of_auditor(auditor_role, books.tables(package)))
        return applied


def _unchanged(migration: Migration, checksum: str) -> None:
    if migration.checksum != checksum:
        raise MigrationError(
            f"{migration.name} was changed after it was applied. Put it back as it was, and write a new migration."
        )


@asynccontextmanager
async def _locked(url: str) -> AsyncIterator[asyncpg.Connection[Any]]:
    connection = await asyncpg.connect(url, timeout=10, statement_cache_size=0)
    try:
        await connection.execute("select pg_advisory_lock($1)", _LOCK)
        await connection.execute("set lock_timeout = '1s'")
        yield connection
    finally:
        await connection.close()


async def _apply(connection: asyncpg.Connection[Any], migration: Migration, tries: int = 10) -> None:
    record = "insert into schema_migrations (name, checksum) values ($1, $2)"
    for attempt in range(1, tries + 1):
        try:
            if migration.transactional:
                async with connection.transaction():
                    await connection.execute(migration.sql)
                    await connection.execute(record, migration.name, migration.checksum)
            else:
                await connection.execute(migration.sql)
                await connection.execute(record, migration.name, migration.checksum)
        except asyncpg.LockNotAvailableError:
            # Waiting longer would queue every other statement behind us: step back and let them pass.
            await asyncio.sleep(min(0.2 * attempt, 1))
        except asyncpg.PostgresError as error:
            raise MigrationError(f"{migration.name} failed: {error}") from error
        else:
            return
    raise MigrationError(f"{migration.name} could not get its lock in {tries} tries; run it again when it is quieter")


def main() -> None:
    """Apply what is missing; exits with a message where that cannot be done."""
    package, url = sys.argv[1], os.environ.get("DATABASE_URL")
    if not url:
        sys.exit("DATABASE_URL is needed: the URL of the role that owns the database")
    try:
        runtime, auditor = (os.environ.get(f"{kind}_ROLE") for kind in ("RUNTIME", "AUDITOR"))
        applied = ending.run(migrate(url, package, runtime_role=runtime, auditor_role=auditor))
    except (MigrationError, RolesError, asyncpg.PostgresError, OSError) as error:
        sys.exit(f"{package}: {error}")
    print(f"{package}: {len(applied)} migrations applied" if applied else f"{package}: up to date")  # noqa: T201 -- a command's answer


if __name__ == "__main__":
    main()

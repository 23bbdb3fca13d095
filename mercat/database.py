"""The embedded PostgreSQL: its cluster, its tuning, and for each service a database, an owner and a user of rows.

`python -m mercat.database initialise` and `python -m mercat.database roles SERVICE...`, for the store of this project.
"""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from typing import TYPE_CHECKING

from chassis.config import ServiceSpec
from local_servers.embedded import Postgres, postgres_binary
from mercat import environment, keep, words
from mercat.refusal import Refusal
from mercat.services import discover
from mercat.store import Store, locate

if TYPE_CHECKING:
    import asyncpg

# A laptop's share: small caches, and nothing that gives up an acknowledged commit.
TUNING: dict[str, str | int] = {
    "shared_buffers": "128MB",
    "fsync": "on",
    "synchronous_commit": "on",
    "password_encryption": "scram-sha-256",
    "unix_socket_permissions": "0700",
    "jit": "off",
    # Nothing wakes up for work that a laptop's store does not have; commits are flushed by who makes them.
    "wal_writer_delay": "2s",
    "max_logical_replication_workers": 0,
    "io_method": "sync",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "log_checkpoints": "off",
}
_PER_REPLICA = 16  # a pool of 10, and the connections of its own that a service listens and works on
_PLAIN = re.compile(r"[a-z_][a-z0-9_]{0,62}")


def cluster(store: Store) -> Postgres:
    """The store's own PostgreSQL."""
    return Postgres(store.state / "postgres", store.sockets, store.port("postgres"), listen="127.0.0.1")


def version() -> str:
    """The major version of the PostgreSQL that is here."""
    told = subprocess.run([postgres_binary("postgres"), "--version"], capture_output=True, text=True, check=True)
    found = re.search(r"(\d+)", told.stdout)
    return found.group(1) if found else ""


def command(store: Store, *, services: int) -> list[str]:
    """Runs it in the foreground, with room for every replica's connections."""
    room = max(300, 60 + _PER_REPLICA * services * store.replicas)
    return cluster(store).command(**TUNING, max_connections=room)


def embedded(store: Store, specs: list[ServiceSpec]) -> list[ServiceSpec]:
    """The services whose database is the embedded one."""
    return [spec for spec in specs if environment.own_database(store, spec) is None]


def statements(store: Store, spec: ServiceSpec, existing: set[str]) -> list[str]:
    """What makes a service's roles as they should be; `existing` are the roles there are."""
    made = []
    for role in (environment.owner(spec), spec.database):
        verb = "alter" if role in existing else "create"
        secret = keep.password(store, f"postgres-{role}")
        made.append(
            f"{verb} role {_plain(role)} login nosuperuser nocreatedb nocreaterole noreplication password '{secret}'"
        )
    return made


def _plain(name: str) -> str:
    if not _PLAIN.fullmatch(name):
        raise ValueError(f"{name!r} is not a plain name for a role or a database")
    return name


async def _as_superuser(store: Store) -> asyncpg.Connection[asyncpg.Record]:
    import asyncpg

    try:
        return await asyncpg.connect(environment.database_url(store, "postgres", "postgres"), timeout=30)
    except asyncpg.InvalidPasswordError:
        raise Refusal(
            f"The database in {store.state / 'postgres'} has another password than {store.keys} holds. "
            f"Put the keys that belong to it back, or start with an empty store: {words.typed('reset')}"
        ) from None


async def make_roles(store: Store, specs: list[ServiceSpec]) -> None:
    """Roles, passwords and databases as they should be. Safe to repeat, and to have been killed in.

    Raises:
        Refusal: the cluster was made with another password than the store's keys have.
    """
    connection = await _as_superuser(store)
    try:
        roles = {row[0] for row in await connection.fetch("select rolname from pg_roles")}
        databases = {row[0] for row in await connection.fetch("select datname from pg_database")}
        for spec in specs:
            for statement in statements(store, spec, roles):
                await connection.execute(statement)
            name, owner = _plain(spec.database), _plain(environment.owner(spec))
            if name not in databases:
                await connection.execute(f"create database {name} owner {owner}")
            await connection.execute(f"revoke all on database {name} from public")
            await connection.execute(f"grant connect on database {name} to {name}")
    finally:
        await connection.close()


def main() -> None:
    store = locate()
    try:
        match sys.argv[1:]:
            case ["initialise"]:
                cluster(store).initialise(password=keep.password(store, "postgres-postgres"))
            case ["roles", *names]:
                specs = [spec for spec in discover(store.root) if spec.name in names]
                asyncio.run(make_roles(store, specs))
            case _:
                sys.exit(__doc__)
    except (RuntimeError, Refusal) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()

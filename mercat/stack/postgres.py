"""The embedded PostgreSQL: its cluster and settings, and for each service a database and its roles.

`python -m mercat.stack.postgres initialise` creates the cluster, `... roles SERVICE...` the roles and databases,
`... observer` the role of the exporter.
"""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys

from chassis.config import ServiceSpec
from local_servers.embedded import Postgres, postgres_binary
from mercat.config import environment
from mercat.config.services import discover, with_database
from mercat.installation import CommandError, Installation, command_line, locate, secrets

# Settings for a laptop: small caches; every acknowledged commit is on disk.
TUNING: dict[str, str | int] = {
    "shared_buffers": "128MB",
    "fsync": "on",
    "synchronous_commit": "on",
    "password_encryption": "scram-sha-256",
    "unix_socket_permissions": "0700",
    "jit": "off",
    # Nothing wakes up for work that a laptop's store does not have; commits are flushed by those that make them.
    "wal_writer_delay": "2s",
    "max_logical_replication_workers": 0,
    "io_method": "sync",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "log_checkpoints": "off",
}
# The role of PostgreSQL's exporter.
OBSERVER = "mercat_observer"
_CONNECTIONS_PER_REPLICA = 16  # a pool of 10, and the connections for notifications and jobs


def cluster(installation: Installation) -> Postgres:
    """The PostgreSQL cluster of this installation."""
    return Postgres(
        installation.state / "postgres", installation.sockets, installation.port("postgres"), listen="127.0.0.1"
    )


def version() -> str:
    """The major version of the installed PostgreSQL."""
    printed = subprocess.run([postgres_binary("postgres"), "--version"], capture_output=True, text=True, check=True)
    found = re.search(r"(\d+)", printed.stdout)
    return found.group(1) if found else ""


def command(installation: Installation, *, services: int) -> list[str]:
    """The command that runs PostgreSQL in the foreground, with enough connections for all replicas."""
    room = max(300, 60 + _CONNECTIONS_PER_REPLICA * services * installation.replicas)
    return cluster(installation).command(**TUNING, max_connections=room)


def with_embedded_database(installation: Installation, specs: list[ServiceSpec]) -> list[ServiceSpec]:
    """The services that use the embedded PostgreSQL."""
    return [spec for spec in with_database(specs) if environment.user_database_url(installation, spec) is None]


async def ensure_roles(installation: Installation, specs: list[ServiceSpec]) -> None:
    """Create or update the roles, passwords and databases of the services. Idempotent; safe to kill.

    Raises:
        CommandError: the cluster was created with another password than the one in the folder `keys`.
    """
    import asyncpg

    from chassis.db import roles

    services = [
        roles.ServiceRoles.of(
            *(
                environment.embedded_database_url(installation, role, spec.database)
                for role in (environment.owner_role(spec), spec.database, environment.auditor_role(spec))
            )
        )
        for spec in specs
    ]
    try:
        await roles.ensure(environment.embedded_database_url(installation, "postgres", "postgres"), services)
    except asyncpg.InvalidPasswordError:
        raise CommandError(
            f"The database in {installation.state / 'postgres'} has another password than {installation.keys} holds. "
            f"Put the keys that belong to it back, or start with an empty store: {command_line.typed_command('reset')}"
        ) from None
    except roles.RolesError as error:
        raise CommandError(str(error)) from error


def measured_database(installation: Installation, specs: list[ServiceSpec]) -> str:
    """The database whose tables the exporter measures: the first, as it reads those of one alone."""
    return next((spec.database for spec in with_embedded_database(installation, specs)), "postgres")


async def ensure_observer(installation: Installation) -> None:
    """Create or update the role of the exporter: it reads statistics (pg_monitor), no row of a table."""
    import asyncpg

    connection = await asyncpg.connect(environment.embedded_database_url(installation, "postgres", "postgres"))
    try:
        secret = secrets.password(installation, f"postgres-{OBSERVER}")  # of URL-safe characters
        if not await connection.fetchval("select true from pg_roles where rolname = $1", OBSERVER):
            await connection.execute(f"create role {OBSERVER}")
        await connection.execute(
            f"alter role {OBSERVER} login connection limit 10 password '{secret}';"
            f"alter role {OBSERVER} set default_transaction_read_only = on; grant pg_monitor to {OBSERVER};"
            f"grant connect on database {measured_database(installation, discover(installation.root))} to {OBSERVER}"
        )
    finally:
        await connection.close()


def main() -> None:
    """Create the cluster, the roles and databases of the services named, or the exporter's role."""
    installation = locate()
    try:
        match sys.argv[1:]:
            case ["initialise"]:
                cluster(installation).initialise(password=secrets.password(installation, "postgres-postgres"))
            case ["roles", *names]:
                specs = [spec for spec in discover(installation.root) if spec.name in names]
                asyncio.run(ensure_roles(installation, specs))
            case ["observer"]:
                asyncio.run(ensure_observer(installation))
            case _:
                sys.exit(__doc__)
    except (RuntimeError, CommandError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()

"""PostgreSQL and Valkey for containers, by sockets that only their group may use, and the secrets of every service."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from chassis.config import ServiceSpec
from chassis.testing import servers
from chassis.testing.waiting import wait_until
from deploy import service_secrets
from deploy.charts import helm
from deploy.drills import databases
from deploy.drills.rendered import SOCKETS, USER, environment
from local_servers import embedded
from mercat.config import services

MEDIA = "/tmp/media"  # noqa: S108 -- in a container, where /tmp is its own
WEBHOOK_SECRET = f"whsec_{'a' * 32}"


@dataclass(frozen=True)
class Store:
    """`sockets` is the folder that is mounted into each container; `environment` the file with secrets for Helm."""

    postgres: embedded.Postgres
    sockets: Path
    environment: Path
    specs: list[ServiceSpec]


@contextmanager
def running(folder: Path) -> Iterator[Store]:
    """The two servers, a database for each service, and the file of the environment; gone with the block."""
    specs = services.discover(helm.ROOT)
    with servers.postgres_server() as postgres, _valkey(postgres.sockets):
        _open_to_pods(postgres.sockets)
        yield Store(postgres, postgres.sockets, environment_file(folder, specs), specs)


@contextmanager
def _valkey(sockets: Path) -> Iterator[None]:
    path = sockets / "valkey.sock"
    argv = embedded.valkey_command(0, folder=sockets, socket=path)
    with servers.child_process(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stop=signal.SIGTERM):
        wait_until(path.exists, what="Valkey")
        os.chown(path, 0, USER)
        path.chmod(0o770)
        yield


def _open_to_pods(folder: Path) -> None:
    os.chown(folder, -1, USER)
    folder.chmod(0o750)


def url(role: str, database: str) -> str:
    """A database as a container names it."""
    return f"postgresql://{role}@/{database}?host={SOCKETS}&port=5432"


def environment_file(folder: Path, specs: list[ServiceSpec]) -> Path:
    """The environment `cluster` with every service's secrets, what it does not set, and a proxy on this machine."""
    stripe = (f"sk_test_{'a' * 24}", f"pk_test_{'a' * 24}", WEBHOOK_SECRET)
    given = {"payments": dict(zip(service_secrets.GIVEN["payments"], stripe, strict=True))}
    own = service_secrets.made(folder / "state", given)
    files = {spec.name: {**service_secrets.files(own[spec.name]), **_addresses(spec)} for spec in specs}
    edge = {"proxies": 1, "trusted_proxies": ["127.0.0.1/32"]}
    settings = {"catalog": {"MEDIA_DIR": MEDIA}}
    return environment(folder, {"secrets": {"files": files}, "service_settings": settings, "edge": edge})


def _addresses(spec: ServiceSpec) -> dict[str, str]:
    own = {
        "database_url": url(spec.database, spec.database),
        "database_owner_url": url(f"{spec.database}_owner", spec.database),
    }
    return {
        **(own if spec.database else {}),
        "valkey_url": f"unix://{SOCKETS}/valkey.sock?db=0",
        "smtp_url": "smtp://127.0.0.1:9",
    }


async def make_database(store: Store, spec: ServiceSpec) -> None:
    """An empty database, with its roles."""
    server = store.postgres
    await databases.make(
        server.url("postgres"), [spec], lambda database, role: server.url(database, role, databases.PASSWORD)
    )


async def drop_database(store: Store, spec: ServiceSpec) -> None:
    """The database and its roles are gone."""
    await _execute(
        store,
        f"drop database {spec.database} with (force)",
        f"drop role {spec.database}, {spec.database}_owner, {spec.database}_auditor",
    )


async def _execute(store: Store, *statements: str) -> None:
    connection = await asyncpg.connect(store.postgres.url("postgres"))
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()

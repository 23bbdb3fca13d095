"""The embedded PostgreSQL as the store makes it: who may do what in it."""

from __future__ import annotations

import os
import signal
import subprocess
from dataclasses import replace
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg
import pytest

from chassis.testing import eventually
from local_servers.ports import free_port
from mercat.config import environment, services
from mercat.installation import CommandError, Installation, secrets
from mercat.installation import installation as installations
from mercat.stack import postgres, probes
from mercat.tests.conftest import add_service


@pytest.fixture(scope="module")
def running(tmp_path_factory, worker_port):
    """A store whose PostgreSQL runs, with two services' roles made twice."""
    folder = tmp_path_factory.mktemp("db")
    (folder / "project").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(installations, "PORTS", {**installations.PORTS, "postgres": worker_port})
        installation = Installation(folder / "project", folder / "state", {"PATH": os.environ["PATH"]})
        installation.make_folders()
        for number, name in enumerate(("catalog", "orders")):
            add_service(installation, name, 8001 + number)
        postgres.cluster(installation).initialise(password=secrets.password(installation, "postgres-postgres"))
        with (installation.logs / "postgres.log").open("wb") as log:
            server = subprocess.Popen(
                postgres.command(installation, services=2), env=environment.base(installation), stderr=log
            )
        try:
            yield installation
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(60)
            if installation.sockets != installation.run:
                installation.sockets.rmdir()


@pytest.fixture(scope="module")
def worker_port() -> int:
    return free_port()


@pytest.fixture
async def made(running):
    await eventually(probes.postgres(running.port("postgres")), 60)
    specs = services.discover(running.root)
    await postgres.ensure_roles(running, specs)
    await postgres.ensure_roles(running, specs)
    return running


async def connect(installation: Installation, role: str, name: str) -> asyncpg.Connection:
    return await asyncpg.connect(environment.embedded_database_url(installation, role, name), timeout=60)


async def test_owner_role_creates_tables_and_service_role_cannot(made):
    owner = await connect(made, "catalog_owner", "catalog")
    user = await connect(made, "catalog", "catalog")
    try:
        await owner.execute("create table if not exists thing (id int)")
        for refused in ("create table mine (id int)", "drop table thing", "select * from thing", "create schema mine"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await user.execute(refused)
    finally:
        await owner.close()
        await user.close()


@pytest.mark.parametrize("role", ["catalog", "catalog_owner"])
async def test_service_cannot_connect_to_another_database(made, role):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connect(made, role, "orders")


@pytest.mark.parametrize("host", ["socket", "127.0.0.1"])
async def test_connection_without_password_is_refused(made, host):
    parts = urlsplit(environment.embedded_database_url(made, "catalog", "catalog"))
    where = quote(str(made.sockets), safe="") if host == "socket" else host
    for secret in ("", ":wrong"):
        query = f"host={where}&port={made.port('postgres')}"
        url = urlunsplit(("postgresql", f"catalog{secret}@", parts.path, query, ""))
        with pytest.raises((asyncpg.InvalidPasswordError, asyncpg.InvalidAuthorizationSpecificationError)):
            await asyncpg.connect(url, timeout=60)


async def test_changed_password_replaces_the_old_one(made):
    path = made.keys / "postgres-catalog.password"
    path.write_text("another-one")
    await postgres.ensure_roles(made, services.discover(made.root))
    await (await connect(made, "catalog", "catalog")).close()


async def test_superuser_password_of_another_store_is_reported(made):
    path = made.keys / "postgres-postgres.password"
    before = path.read_text()
    path.write_text("of-another-store")
    try:
        with pytest.raises(CommandError, match="mercat reset"):
            await postgres.ensure_roles(made, [])
    finally:
        path.write_text(before)


async def test_commits_are_durable_and_roles_have_no_extra_rights(made):
    root = await connect(made, "postgres", "postgres")
    try:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            assert await root.fetchval(f"show {setting}") == "on"
        assert await root.fetchval("show password_encryption") == "scram-sha-256"
        assert await root.fetchval("show listen_addresses") == "127.0.0.1"
        assert int(await root.fetchval("show max_connections")) >= 300
        mighty = "select count(*) from pg_roles where rolname ~ '^(catalog|orders)'"
        assert await root.fetchval(f"{mighty} and (rolsuper or rolcreatedb or rolcreaterole or rolbypassrls)") == 0
    finally:
        await root.close()


def test_many_replicas_raise_max_connections(installation):
    for replicas in (1, 8):
        command = postgres.command(replace(installation, replicas=replicas), services=4)
        (room,) = [int(part.partition("=")[2]) for part in command if part.startswith("max_connections=")]
        assert room >= max(300, replicas * 4 * 14)

"""SIGTERM reaches a process that imports or migrates, also as the first process of a container."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import asyncpg
import psutil
import pytest

from chassis.testing import eventually
from chassis.testing.skipping import skip_without

# A process 1 of its own: the kernel gives it no signal that it has no handler for, as in a container.
CONTAINER = ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--kill-child"]
SERVE = [sys.executable, "-m", "chassis.serve", "slow_shop", "--port", "1"]
MIGRATE = [sys.executable, "-m", "chassis.db.migrate", "slow_shop"]


@pytest.fixture
def package(tmp_path):
    """A service whose import never ends, nor its migration."""
    folder = tmp_path / "slow_shop"
    (folder / "migrations").mkdir(parents=True)
    (folder / "__init__.py").touch()
    (folder / "app.py").write_text("import threading\nprint('importing', flush=True)\nthreading.Event().wait()\n")
    (folder / "migrations" / "0001_slow.sql").write_text("create table slow (id int); select pg_sleep(3600)")
    return tmp_path


@pytest.fixture
def first_process():
    done = subprocess.run([*CONTAINER, "true"], capture_output=True, text=True, check=False)
    if done.returncode:
        skip_without("process namespaces", f"`{' '.join(CONTAINER)} true` says: {done.stderr.strip()}")


def started(command, package, **variables):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([*sys.path, str(package)]), **variables}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_a_service_that_is_process_1_ends_when_it_is_told_so_while_it_imports(package, first_process):
    with started([*CONTAINER, *SERVE], package) as outer:
        try:
            assert outer.stdout.readline() == "importing\n"
            (server,) = psutil.Process(outer.pid).children()
            server.send_signal(signal.SIGTERM)
            assert outer.wait(60) == 143
        finally:
            outer.kill()


@pytest.fixture
async def url(postgres):
    connection = await asyncpg.connect(postgres.url("postgres"))
    await connection.execute("drop database if exists told_test with (force)")
    await connection.execute("create database told_test")
    await connection.close()
    return postgres.url("told_test")


async def test_a_migration_that_is_told_to_end_leaves_nothing_and_gives_its_lock_back(package, postgres, url):
    looking = await asyncpg.connect(postgres.url("postgres"))
    sleeping = "select count(*) from pg_stat_activity where datname = 'told_test' and query like '%pg_sleep%'"
    locked = "select count(*) from pg_locks join pg_database d on d.oid = database where datname = 'told_test'"
    with started(MIGRATE, package, DATABASE_URL=url) as migration:
        try:
            await eventually(lambda: looking.fetchval(sleeping))
            migration.terminate()
            assert migration.wait(60) == 1
            assert "Run it again" in migration.stderr.read()
        finally:
            migration.kill()
    assert await looking.fetchval(f"{locked} and locktype = 'advisory'") == 0
    await looking.close()
    left = await asyncpg.connect(url)
    assert await left.fetchval("select to_regclass('slow')") is None
    await left.close()

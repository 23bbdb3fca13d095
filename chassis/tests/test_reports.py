"""Reports read a replica where there is one; a real one, which stands still while it is behind."""

from __future__ import annotations

import signal
import subprocess
from dataclasses import replace

import asyncpg
import pytest

from chassis.db import Database
from chassis.testing import eventually, servers
from chassis.testing.waiting import wait_until
from local_servers import child, embedded


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """A server and its replica."""
    with servers.postgres_server() as primary:
        folder = primary.sockets / "replica"
        copy = [embedded.postgres_binary("pg_basebackup"), "-D", str(folder), "-R", "-c", "fast", "-U", "postgres"]
        copy += ["-h", str(primary.sockets), "-p", str(primary.port), "--no-sync"]
        subprocess.run(child.command(copy, not_root=True), check=True, capture_output=True)
        replica = replace(primary, data=folder, port=primary.port + 1)
        argv = replica.command(fsync="off", max_connections=300)
        with (
            (primary.sockets / "replica.log").open("wb") as log,
            servers.child_process(argv, stop=signal.SIGQUIT, stdout=log, stderr=log, env=embedded.environment()),
        ):
            ready = [embedded.postgres_binary("pg_isready"), "-q", "-h", str(primary.sockets), "-p", str(replica.port)]
            wait_until(lambda: subprocess.run(ready, check=False).returncode == 0, what="the replica")
            yield primary, replica


async def counted(tx):
    return await tx.value("select count(*) from things")


async def test_a_report_reads_the_replica_and_says_how_old_it_is(pair):
    primary, replica = pair
    db = Database(primary.url("postgres"), name="x", reader_url=replica.url("postgres"))
    await db.connect()
    standby = await asyncpg.connect(replica.url("postgres"))

    async def reported(read):
        async with db.report() as tx:
            return await read(tx)

    async def here():
        return await standby.fetchval("select to_regclass('things') is not null")

    async with db.write() as tx:
        await tx.execute("create table things as select 1 as n")
    await eventually(here, what="the replica to have the table")
    assert await reported(lambda tx: tx.age()) == 0
    await standby.execute("select pg_wal_replay_pause()")
    async with db.write() as tx:
        await tx.execute("insert into things values (2)")
    await eventually(lambda: standby.fetchval("select pg_last_wal_receive_lsn() > pg_last_wal_replay_lsn()"))
    async with db.read() as reading:
        assert await counted(reading) == 2
    assert await reported(counted) == 1
    assert await reported(lambda tx: tx.age()) > 0
    assert db.pool_state()["report"] == (1, 0, 2)
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        await reported(lambda tx: tx.value("delete from things returning 1"))
    await standby.execute("select pg_wal_replay_resume()")
    await standby.execute("alter system set primary_conninfo = ''")
    await standby.execute("select pg_reload_conf()")
    await eventually(lambda: standby.fetchval("select not exists (select from pg_stat_wal_receiver)"))
    await eventually(lambda: standby.fetchval("select pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()"))
    assert await reported(lambda tx: tx.age()) > 0  # nobody tells it whether it is behind
    await standby.close()
    await db.close()


async def test_without_a_replica_reports_read_the_writer_and_are_never_old(postgres):
    db = Database(postgres.url("postgres"), name="x")
    await db.connect()
    async with db.report() as tx:
        assert await tx.value("select not pg_is_in_recovery()")
        assert await tx.age() == 0
    assert db.pool_state().keys() == {"write", "read"}
    await db.close()


async def test_a_replica_that_is_away_ends_reports_and_nothing_else(postgres, tmp_path):
    db = Database(postgres.url("postgres"), name="x", reader_url=f"postgresql://a@/b?host={tmp_path}")
    await db.connect()
    async with db.read() as tx:
        assert await tx.value("select 1") == 1
    with pytest.raises(ConnectionRefusedError):
        async with db.report():
            pass
    await db.close()

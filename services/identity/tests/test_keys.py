from __future__ import annotations

import asyncio
from contextvars import Context
from datetime import timedelta

import pytest

from chassis.db import Database
from chassis.testing import eventually, running_app
from identity.keys import _LOCK, KeyEncryption, SigningKeys, WrongSecret


@pytest.fixture
def keys(key_file):
    return SigningKeys(KeyEncryption(key_file), timedelta(days=30))


async def test_replicas_that_start_together_share_one_key(service, key_file, query):
    async with service.ctx.db.write() as tx:
        await tx.execute("delete from signing_keys")
    replicas = [SigningKeys(KeyEncryption(key_file), timedelta(days=30)) for _ in range(5)]
    await asyncio.gather(*(replica.refresh(service.ctx.db) for replica in replicas))
    assert len({replica.kid for replica in replicas}) == 1
    assert await query("select count(*) from signing_keys") == 1


async def test_a_replica_that_waits_for_another_uses_the_key_made_meanwhile(service, keys, query):
    waiting = """
    select count(*) from pg_locks where locktype = 'advisory' and not granted and objid = $1
    and database = (select oid from pg_database where datname = current_database())
    """
    async with service.ctx.db.write() as tx:
        await tx.value("select pg_advisory_xact_lock($1)", _LOCK)
        started = asyncio.create_task(keys.refresh(service.ctx.db), context=Context())

        async def waits() -> bool:
            return await query(waiting, _LOCK) == 1

        await eventually(waits)
        await tx.execute("update signing_keys set active_from = statement_timestamp()")
    await started
    assert keys.kid == await query("select kid from signing_keys")


async def test_the_next_key_is_published_a_day_before_it_signs(service, keys):
    await keys.refresh(service.ctx.db)
    old = keys.kid
    async with service.ctx.db.write() as tx:
        await tx.execute("update signing_keys set active_from = now() - interval '29 days 1 hour'")
    await keys.refresh(service.ctx.db)
    assert keys.kid == old
    assert keys.jwks.count(b'"kid"') == 2
    async with service.ctx.db.write() as tx:
        await tx.execute("update signing_keys set active_from = now() where published_until is null")
    await keys.refresh(service.ctx.db)
    assert keys.kid != old
    assert keys.jwks.count(b'"kid"') == 2  # what the old one signed is still verified
    async with service.ctx.db.write() as tx:
        await tx.execute(
            "update signing_keys set active_from = active_from - interval '2 days',"
            " published_until = published_until - interval '2 days' where published_until is not null"
        )
    await keys.refresh(service.ctx.db)
    assert keys.jwks.count(b'"kid"') == 1


async def test_a_private_key_is_useless_without_the_secret(service, query, tmp_path):
    other = tmp_path / "other"
    other.write_bytes(b"x" * 32)
    keys = SigningKeys(KeyEncryption(other), timedelta(days=30))
    with pytest.raises(WrongSecret, match="empty the table signing_keys"):
        await keys.refresh(service.ctx.db)
    async with service.ctx.db.write() as tx:
        await tx.execute("delete from signing_keys")
    await keys.refresh(service.ctx.db)
    assert await keys.source.key(keys.kid) is not None


def test_a_secret_of_another_size_is_refused(tmp_path):
    short = tmp_path / "short"
    short.write_bytes(b"x" * 31)
    with pytest.raises(ValueError, match="exactly 32 random bytes"):
        KeyEncryption(short)


class Gone(Database):
    """A database that is away, and counts how often it is asked."""

    asked = 0

    def write(self):
        self.asked += 1
        raise ConnectionRefusedError


async def test_every_replica_follows_the_keys_and_survives_a_database_that_is_away(bench, key_file, monkeypatch):
    monkeypatch.setattr("identity.app.KEYS_SECONDS", 0.01)
    async with running_app("identity", bench, key_encryption_key_file=key_file) as service:
        keys = service.ctx.get(SigningKeys)
        kid = keys.kid
        real = service.ctx.db
        service.ctx.db = gone = Gone("postgresql://nobody@127.0.0.1:1/none", name="gone")
        await eventually(lambda: gone.asked > 2)
        assert keys.kid == kid
        service.ctx.db = real
        async with real.write() as tx:
            await tx.execute("delete from signing_keys")
        await eventually(lambda: keys.kid != kid)

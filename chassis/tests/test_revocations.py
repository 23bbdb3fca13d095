from __future__ import annotations

import asyncio
import time
from datetime import timedelta

import msgspec
import pytest
from prometheus_client import REGISTRY

from chassis.auth import Verifier
from chassis.cache.client import Client
from chassis.config import Settings, service_spec
from chassis.db import Database
from chassis.outbox import Event
from chassis.service import app as chassis_app
from chassis.sessions import revocations
from chassis.testing import eventually, running_app
from chassis.testing.apps import _fields, started
from chassis.testing.databases import empty_database
from chassis.values import uuid7


@pytest.fixture
async def service(bench, monkeypatch):
    """hello, which follows identity; that is away."""
    for name in ("SECONDS", "FLOOR_SECONDS"):
        monkeypatch.setattr(revocations, name, 0.05)
    async with running_app("hello", bench) as service:
        yield service


async def greet(service, session_id) -> int:
    headers = service.token(sid=str(session_id))
    return (await service.client.post("/api/v1/greetings/Ada", headers=headers)).status_code


async def tell(service, session_id) -> None:
    """As the feed would: the event's effects in one transaction."""
    data = msgspec.Raw(msgspec.json.encode({"session_id": str(session_id), "reason": "signed_out"}))
    now = "2026-01-01T00:00:00Z"
    event = Event("e.1.1", "session.ended", "session", session_id, 1, msgspec.json.decode(f'"{now}"'), None, data)
    async with service.ctx.db.write() as tx:
        await revocations.consumer().handle(service.ctx, tx, event)


async def refused(service, session_id) -> None:
    async def is_refused() -> bool:
        return await greet(service, session_id) == 401

    await eventually(is_refused)


async def test_the_tokens_of_an_ended_session_are_refused_everywhere(service):
    session_id = uuid7()
    assert await greet(service, session_id) == 201
    await tell(service, session_id)
    await tell(service, session_id)  # the feed may be read again after a restore
    await refused(service, session_id)
    assert await greet(service, uuid7()) == 201


async def test_an_ended_session_reaches_every_replica_by_notification(bench, monkeypatch):
    """None of them would look by itself for a long time."""
    for name in ("SECONDS", "LONGEST_PAUSE", "FLOOR_SECONDS"):
        monkeypatch.setattr(revocations, name, 600.0)
    async with running_app("hello", bench) as service:
        for _ in range(2):
            session_id = uuid7()
            assert await greet(service, session_id) == 201
            await tell(service, session_id)
            await refused(service, session_id)


def test_the_notes_are_read_often_enough_to_refuse_within_three_seconds():
    assert revocations.SECONDS == revocations.LONGEST_PAUSE < 3


async def test_old_revocations_are_removed(service):
    async with service.ctx.db.write() as tx:
        await tx.execute("insert into revoked_sessions values ($1, now() - interval '2 hours')", uuid7())
    await tell(service, uuid7())
    async with service.ctx.db.read() as tx:
        assert await tx.value("select count(*) from revoked_sessions") == 1


@pytest.mark.parametrize("seconds", [60, 900])
async def test_a_revocation_is_stored_for_the_lifetime_of_a_token(bench, seconds):
    """A token of 15 minutes outlived the seven minutes for which ended sessions were read."""
    ended = uuid7()
    async with running_app("hello", bench, access_token_seconds=seconds) as service:
        async with service.ctx.db.write() as tx:
            age = timedelta(seconds=seconds + 60)
            await tx.execute("insert into revoked_sessions values ($1, now() - $2::interval)", ended, age)
        async with revocations.watched(service.ctx):
            assert await greet(service, ended) == 401
            await tell(service, uuid7())
            async with service.ctx.db.read() as tx:
                assert await tx.value("select count(*) from revoked_sessions") == 2


async def test_an_end_that_commits_late_is_not_missed(service):
    """Its transaction began long before the reading before the last one: what was read since must overlap."""
    late = uuid7()
    async with service.ctx.db.write() as tx:
        await tx.execute("insert into revoked_sessions values ($1, now() - interval '29 seconds')", late)
    await refused(service, late)


async def test_more_than_a_page_is_read(service, monkeypatch):
    monkeypatch.setattr(revocations, "PAGE", 3)
    many = [uuid7() for _ in range(10)]
    async with service.ctx.db.write() as tx:
        await tx.execute("insert into revoked_sessions select unnest($1::uuid[])", many)
    for session_id in many:
        await refused(service, session_id)


async def test_a_repeated_revocation_does_not_extend_its_storage(service):
    session_id = uuid7()
    await tell(service, session_id)
    await refused(service, session_id)
    verifier = service.ctx.get(Verifier)
    until = verifier._revoked[session_id]
    await tell(service, other := uuid7())
    await refused(service, other)
    assert verifier._revoked[session_id] == until


async def test_a_revocation_in_valkey_works_without_the_feed(service):
    """Identity is gone, or whoever follows it is behind."""
    session_id = uuid7()
    client = Client(service.bench.valkey_url, timeout=60)
    await client.execute("ZADD", revocations.NOTES, time.time(), "nonsense", time.time(), session_id.hex)
    await client.aclose()
    await refused(service, session_id)


async def test_more_than_a_page_of_valkey_revocations_is_read(service, monkeypatch):
    monkeypatch.setattr(revocations, "PAGE", 3)
    many = [uuid7() for _ in range(10)]
    client = Client(service.bench.valkey_url, timeout=60)
    for session_id in many:
        await client.execute("ZADD", revocations.NOTES, time.time(), session_id.hex)
    await client.aclose()
    for session_id in many:
        await refused(service, session_id)


async def test_a_revocation_is_stored_in_valkey_for_a_token_lifetime(bench):
    client = Client(bench.valkey_url, timeout=60)
    async with running_app("hello", bench) as service:
        old, session_id = uuid7(), uuid7()
        await client.execute("ZADD", revocations.NOTES, time.time() - 421, old.hex)
        await revocations.revoke(service.ctx, [])
        assert await client.execute("ZCARD", revocations.NOTES) == 1
        await revocations.revoke(service.ctx, [session_id])
        assert await greet(service, session_id) == 401
        assert await client.execute("ZRANGE", revocations.NOTES, 0, -1) == [session_id.hex.encode()]
        assert 0 < await client.execute("TTL", revocations.NOTES) <= 420
    await client.aclose()


async def test_without_valkey_the_database_is_enough(bench, monkeypatch):
    for name in ("SECONDS", "FLOOR_SECONDS"):
        monkeypatch.setattr(revocations, name, 0.05)
    async with running_app("hello", bench, valkey_url=None) as service:
        told, own = uuid7(), uuid7()
        await tell(service, told)
        await refused(service, told)
        await revocations.revoke(service.ctx, [own])
        assert await greet(service, own) == 401


class Gone(Database):
    """A database that is away, and counts how often it is asked."""

    asked = 0

    def read(self):
        self.asked += 1
        raise ConnectionRefusedError


async def test_the_loop_goes_on_without_a_database(service):
    real = service.ctx.db
    service.ctx.db = gone = Gone("postgresql://nobody@127.0.0.1:1/none", name="gone")
    await eventually(lambda: gone.asked >= 2)
    await eventually(lambda: (REGISTRY.get_sample_value("revocations_unread_seconds") or 0) > 0.05)
    service.ctx.db = real
    session_id = uuid7()
    await tell(service, session_id)
    await refused(service, session_id)


async def test_a_service_that_follows_identity_gets_consumer_and_loop(bench, monkeypatch):
    spec = service_spec.load("hello")
    following = msgspec.structs.replace(spec, follows=["identity"])
    alone = msgspec.structs.replace(spec, follows=[])
    assert [consumer.producer for consumer in chassis_app._all_consumers(following, [])] == ["identity"]
    own = revocations.consumer()
    assert chassis_app._all_consumers(following, [own]) == [own]
    assert chassis_app._all_consumers(alone, []) == []
    monkeypatch.setattr(service_spec, "load", lambda _package: following)
    watched = []
    real = revocations.watched

    def watch(ctx):
        watched.append(ctx.spec.name)
        return real(ctx)

    monkeypatch.setattr(revocations, "watched", watch)
    app = chassis_app.create_service("hello", settings=Settings, routers=[])
    url = await empty_database(bench.postgres, "hello")
    async with started(app, _fields(bench.environment("hello", url))):
        await asyncio.sleep(0)
    assert watched == ["hello"]

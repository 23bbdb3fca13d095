from __future__ import annotations

import asyncio

import msgspec
import pytest

from chassis import app as chassis_app
from chassis import revocations, service_spec
from chassis.events import Event
from chassis.ids import uuid7
from chassis.settings import Settings
from chassis.testing import eventually, running_app
from chassis.testing.apps import _fields, started
from chassis.testing.databases import empty_database


@pytest.fixture
async def service(bench, monkeypatch):
    """hello, as if it followed identity, which is away."""
    monkeypatch.setattr(revocations, "SECONDS", 0.05)
    async with running_app("hello", bench) as service, revocations.watched(service.ctx):
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


async def test_the_tokens_of_an_ended_session_are_refused_everywhere(service):
    session_id = uuid7()
    assert await greet(service, session_id) == 201
    await tell(service, session_id)
    await tell(service, session_id)  # the feed may be read again after a restore

    async def refused() -> bool:
        return await greet(service, session_id) == 401

    await eventually(refused)
    assert await greet(service, uuid7()) == 201


async def test_what_ended_long_ago_is_forgotten(service):
    async with service.ctx.db.write() as tx:
        await tx.execute("insert into revoked_sessions values ($1, now() - interval '2 hours')", uuid7())
    await tell(service, uuid7())
    async with service.ctx.db.read() as tx:
        assert await tx.value("select count(*) from revoked_sessions") == 1


async def test_a_database_that_is_away_does_not_end_the_watch(service, monkeypatch):
    real, calls = revocations._read, []

    async def failing(ctx, known):
        calls.append(1)
        raise ConnectionRefusedError

    monkeypatch.setattr(revocations, "_read", failing)
    await eventually(lambda: len(calls) >= 2)
    monkeypatch.setattr(revocations, "_read", real)
    session_id = uuid7()
    await tell(service, session_id)

    async def refused() -> bool:
        return await greet(service, session_id) == 401

    await eventually(refused)


async def test_a_service_that_follows_identity_watches_by_itself(bench, monkeypatch):
    spec = service_spec.load("hello")
    following = msgspec.structs.replace(spec, follows=["identity"])
    assert [consumer.producer for consumer in chassis_app._all_consumers(following, [])] == ["identity"]
    own = revocations.consumer()
    assert chassis_app._all_consumers(following, [own]) == [own]
    assert chassis_app._all_consumers(spec, []) == []
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

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from chassis.testing import eventually, running_app
from chassis.testing.limits import at_one_moment
from chassis.testing.routes import takes_any_query
from chassis.values import uuid7

# The folder's name is the service's: a copy of these tests tests the copy.
PACKAGE = Path(__file__).resolve().parent.parent.name


@pytest.fixture
async def service(bench):
    async with running_app(PACKAGE, bench) as service:
        yield service


async def count(service, table: str) -> int:
    async with service.ctx.db.read() as tx:
        return await tx.value(f"select count(*) from {table}")


async def test_a_greeting_is_counted_and_causes_an_event_and_a_job(service):
    headers = service.token(uuid7())
    answer = await service.client.post("/api/v1/greetings/Ada", headers=headers)
    assert (answer.status_code, answer.json()) == (201, {"name": "Ada", "count": 1})
    answer = await service.client.post("/api/v1/greetings/Ada", headers=headers)
    assert answer.json() == {"name": "Ada", "count": 2}
    assert await count(service, "outbox") == 2

    async def all_waved() -> bool:
        return await count(service, "jobs") == 0

    await eventually(all_waved, what="the jobs' end")


async def test_without_a_consumer_a_greeting_is_counted_and_no_event_written(bench):
    async with running_app(PACKAGE, bench, followed_by=[]) as service:
        answer = await service.client.post("/api/v1/greetings/Ada", headers=service.token(uuid7()))
        assert (answer.status_code, answer.json()) == (201, {"name": "Ada", "count": 1})
        assert await count(service, "outbox") == 0


async def test_a_greeting_without_a_sign_in_is_refused_and_changes_nothing(service):
    answer = await service.client.post("/api/v1/greetings/Ada")
    assert (answer.status_code, answer.json()["type"]) == (401, "unauthenticated")
    assert answer.headers["content-type"] == "application/problem+json"
    assert await count(service, "greetings") == 0


async def test_the_sixty_first_greeting_of_a_minute_is_refused(service):
    at_one_moment(service.ctx.limiter)
    headers = service.token(uuid7())
    answers = await asyncio.gather(*(service.client.post("/api/v1/greetings/Bob", headers=headers) for _ in range(70)))
    assert sorted(answer.status_code for answer in answers) == [201] * 60 + [429] * 10
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.headers["ratelimit-policy"] == '"greet";q=60;w=60'
    assert int(refused.headers["retry-after"]) >= 1
    assert await count(service, "greetings") == 1


@pytest.mark.parametrize("name", ["%00", "%0a", "x" * 201, "%E2%80%A8"])
async def test_a_hostile_name_is_refused_by_field_and_changes_nothing(service, name):
    answer = await service.client.post(f"/api/v1/greetings/{name}", headers=service.token())
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "path.name")
    assert await count(service, "greetings") == 0


async def test_the_token_of_a_session_that_ended_is_refused(service):
    session_id = uuid7()
    headers = service.token(sid=str(session_id))
    assert (await service.client.post("/api/v1/greetings/Ada", headers=headers)).status_code == 201
    async with service.ctx.db.write() as tx:
        await tx.execute("insert into revoked_sessions (session_id) values ($1)", session_id)

    async def is_refused() -> bool:
        return (await service.client.post("/api/v1/greetings/Ada", headers=headers)).status_code == 401

    await eventually(is_refused, what="the end of the session")


async def test_an_unknown_parameter_is_refused(service):
    assert await takes_any_query(service) == []

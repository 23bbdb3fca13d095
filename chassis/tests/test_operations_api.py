"""Work that has stopped, as staff see it by the API and set it going: once, by who may, each with its line."""

from __future__ import annotations

import asyncio
import dataclasses
import time

import asyncpg
import pytest

from chassis.db import Database
from chassis.limits import Refusals, rule
from chassis.service import refusals
from chassis.testing import eventually
from chassis.tests.ops_support import hello_with_operations
from chassis.values import uuid7
from chassis.worker import housekeeping

PATH = "/api/v1/admin/operations/hello"
BOTH = ("operations:read", "operations:write")
_JOB = """
insert into jobs (name, payload, tries, held_at, error) values ($1, '{"name": "Ada"}', 8, now(), 'ValueError: no')
returning id
"""
_EVENT = """
insert into inbox_dead (producer, aggregate, aggregate_id, version, event_id, type, occurred_at, data, state, tries)
values ('elsewhere', 'thing', $1, $2, $3, 'thing.counted', now(), '{}', $4, 8)
"""


@pytest.fixture
async def service(bench):
    async with hello_with_operations(bench) as service:
        yield service


@pytest.fixture
async def owner(service):
    connection = await asyncpg.connect(service.db_owner_url)
    yield connection
    await connection.close()


@pytest.fixture
def ask(service):
    headers = service.token(uuid7(), BOTH)

    async def ask(method="GET", path="", body=None, **other):
        return await service.client.request(method, f"{PATH}{path}", json=body, headers=other.get("headers", headers))

    return ask


async def do(service, sql, *arguments):
    async with service.ctx.db.write() as tx:
        return await tx.value(sql, *arguments)


async def actions(service):
    return await do(service, "select array_agg(action order by id) from audit_lines where action ~ '^(event|job)'")


async def test_a_held_job_is_seen_and_done_after_its_release(service, ask):
    job = await do(service, _JOB, "greetings.wave")
    seen = (await ask()).json()
    assert (seen["jobs_held"], seen["jobs"][0]["id"], seen["jobs"][0]["error"]) == (1, job, "ValueError: no")
    for nothing in ({"name": "other"}, {"job": job + 1}):
        assert (await ask("POST", "/releases", nothing)).json() == {"released": 0}
    answers = await asyncio.gather(*(ask("POST", "/releases", {"job": job}) for _ in range(4)))
    assert sorted(answer.json()["released"] for answer in answers) == [0, 0, 0, 1]
    await eventually(lambda: do(service, "select count(*) = 0 from jobs"), what="the job")
    assert await actions(service) == ["jobs.released"]


async def test_events_given_up_are_tried_again_from_the_oldest(service, ask):
    thing = uuid7()
    for version, state in ((1, "dead"), (2, "held")):
        await do(service, _EVENT, thing, version, f"9.{version}", state)
    seen = (await ask()).json()
    (event,) = seen["events"]
    assert (seen["events_held"], event["id"], event["behind"], event["state"]) == (2, "9.1", 1, "dead")
    assert (await ask("POST", "/redrives", {"producer": "nobody"})).json() == {"redriven": 0}
    answers = await asyncio.gather(*(ask("POST", "/redrives", {"only": str(thing)}) for _ in range(4)))
    assert sorted(answer.json()["redriven"] for answer in answers) == [0, 0, 0, 1]
    states = "select array_agg(state order by version) from inbox_dead where aggregate_id = $1"
    assert await do(service, states, thing) == ["retrying", "held"]
    assert (await ask()).json()["events_tried_again"] == 1
    assert await actions(service) == ["events.redriven"]


async def test_what_is_given_up_for_good_is_gone_once_and_needs_a_person(service, ask):
    thing, job = uuid7(), await do(service, _JOB, "greetings.wave")
    for version, state in ((1, "dead"), (2, "held")):
        await do(service, _EVENT, thing, version, f"9.{version}", state)
    old = service.token(uuid7(), BOTH, auth_time=int(time.time()) - 3600)
    for path in (f"/jobs/{job}", "/events/9.1"):
        assert (await ask("DELETE", path, headers=old)).json()["type"] == "step-up-required"
        answers = await asyncio.gather(*(ask("DELETE", path) for _ in range(3)))
        assert sorted(answer.status_code for answer in answers) == [204, 404, 404]
    assert (await ask("DELETE", "/events/9.2")).status_code == 404
    assert await do(service, "select array_agg(state) from inbox_dead where aggregate_id = $1", thing) == ["retrying"]
    assert await do(service, "select count(*) from jobs") == 0
    assert await actions(service) == ["job.discarded", "event.discarded"]
    kept = "select before::text from audit_lines where object = $1"
    assert await do(service, kept, f"job:{job}") == '{"name": "greetings.wave"}'
    assert str(thing) in await do(service, kept, "event:9.1")


async def test_an_event_whose_id_two_services_have_is_not_given_up_before_one_is_named(service, ask):
    for producer in ("elsewhere", "nearby"):
        await do(service, _EVENT.replace("elsewhere", producer), uuid7(), 1, "9.1", "dead")
    refused = await ask("DELETE", "/events/9.1")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "query.producer")
    assert await do(service, "select count(*) from inbox_dead") == 2
    assert (await ask("DELETE", "/events/9.1?producer=nobody")).status_code == 404
    assert (await ask("DELETE", "/events/9.1?producer=nearby")).status_code == 204
    assert await do(service, "select array_agg(producer) from inbox_dead") == ["elsewhere"]
    assert (await ask("DELETE", "/events/9.1")).status_code == 204


async def test_each_right_opens_its_own_and_what_is_wrong_is_named(service, ask):
    reader, writer = (service.token(uuid7(), (scope,)) for scope in BOTH)
    assert (await ask(headers={})).status_code == 401
    assert (await ask(headers=writer)).status_code == 403
    assert (await ask(headers=reader)).status_code == 200
    for path in ("/redrives", "/releases"):
        assert (await ask("POST", path, {}, headers=reader)).status_code == 403
    for path in ("/jobs/1", "/events/1"):
        assert (await ask("DELETE", path, headers=reader)).status_code == 403
    for path, body, field in (
        ("/redrives", {"producer": "Robert'); drop"}, "producer"),
        ("/redrives", {"only": "a\x00"}, "only"),
        ("/redrives", {"event": "1"}, "event"),
        ("/releases", {"name": ""}, "name"),
        ("/releases", {"job": 2**63}, "job"),
        ("/releases", {"job": "1"}, "job"),
    ):
        answer = await ask("POST", path, body)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field), body
    for path in ("/jobs/0", f"/jobs/{2**63}", "/jobs/x", "/events/a%20b"):
        assert (await ask("DELETE", path)).status_code == 422, path


async def test_feeds_are_told_with_their_lag(service, ask):
    told = "update inbox_cursor set current_to = now() - interval '90 s', keeping_up = false, halted = 'because'"
    await eventually(lambda: do(service, "select true from inbox_cursor"), what="the poller")
    await do(service, f"with told as ({told} where producer = 'identity' returning 1) select count(*) from told")
    seen = (await ask()).json()
    (feed,) = seen["feeds"]
    assert (feed["producer"], feed["halted"], feed["lag_seconds"] >= 90) == ("identity", True, True)
    assert seen["stopped"][0]["reason"] == "because"


async def test_limits_that_refused_are_counted_by_the_hour(service, ask):
    limiter = service.ctx.limiter
    limiter.refusals.take()
    for _ in range(5):
        await limiter.check(rule("tight", "2/d"), "ada")
    await asyncio.gather(*(refusals.write(service.ctx, limiter.refusals) for _ in range(3)))
    counted = Refusals()
    for _ in range(4):
        counted.add("tight")
    await asyncio.gather(*(refusals.write(service.ctx, each) for each in (counted, Refusals())))
    (hit,) = (await ask()).json()["limits"]
    assert (hit["name"], hit["last_day"], hit["this_hour"]) == ("tight", 7, 7)
    await do(service, "update limits_hit set hour = hour - interval '31 days' returning 1")
    assert (await ask()).json()["limits"] == []
    await housekeeping.prune(service.ctx)
    assert await do(service, "select count(*) from limits_hit") == 0


async def test_what_could_not_be_written_is_counted_on(service, owner):
    counted = Refusals()
    counted.add("tight")
    impatient = Database(service.ctx.settings.database_url.get_secret_value(), name="test", size=1, lock_seconds=0.05)
    await impatient.connect()
    try:
        ctx = dataclasses.replace(service.ctx, db=impatient)
        async with owner.transaction():
            await owner.execute("lock table limits_hit in access exclusive mode")
            await refusals.write(ctx, counted)
        # Such as one that a later version of the store has changed.
        await owner.execute("alter table limits_hit rename to other")
        await refusals.write(ctx, counted)
        await owner.execute("alter table other rename to limits_hit")
        await refusals.write(ctx, counted)
    finally:
        await impatient.close()
    assert await do(service, "select refused from limits_hit") == 1


async def test_the_service_writes_its_refusals_by_itself(bench, monkeypatch):
    monkeypatch.setattr(refusals, "SECONDS", 0.02)
    async with hello_with_operations(bench) as service:
        service.ctx.limiter.refusals.add("tight")
        await eventually(lambda: do(service, "select refused from limits_hit"), what="the count")

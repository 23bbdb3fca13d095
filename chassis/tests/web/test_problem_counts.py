"""Refusals are counted by route and type of problem, each once."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import APIRouter

from chassis.config import Settings
from chassis.context import Context
from chassis.problems import Conflict, Invalid, responses
from chassis.service import create_service
from chassis.testing.apps import started
from chassis.testing.databases import empty_database
from chassis.web import IdempotentResponse, idempotent
from chassis.web.problem_counts import COUNTED


class Taken(Conflict):
    type, title = "taken", "It is taken"
    final = True


router = APIRouter()


@router.post("/api/v1/places/{name}", responses=responses(Taken, Invalid))
async def post_place(name: str) -> None:
    raise Taken("By somebody else.") if name == "window" else ZeroDivisionError("a secret detail")


def counted(kind: str, method: str = "POST", route: str = "/api/v1/places/{name}") -> float:
    return COUNTED.value(route, method, kind)


@pytest.fixture
async def client(bench):
    url = await empty_database(bench.postgres, "hello")
    app = create_service("hello", settings=Settings, routers=[router])
    fields = {**bench.environment("hello", url), "service_urls": {}}
    async with started(app, {name.lower(): value for name, value in fields.items()}) as client:
        yield client


async def test_each_refusal_is_counted_by_its_type_and_begins_at_zero(client):
    declared = {values for _, values, *_ in COUNTED.samples() if values[0] == "/api/v1/places/{name}"}
    kinds = {"taken", "validation-error", "internal-error", "rate-limited", "dependency-unavailable"}
    assert {kind for _, _, kind in declared} == kinds
    taken, failed = counted("taken"), counted("internal-error")
    for _ in range(2):
        assert (await client.post("/api/v1/places/window")).status_code == 409
    assert (await client.post("/api/v1/places/ada")).status_code == 500
    assert (counted("taken"), counted("internal-error")) == (taken + 2, failed + 1)
    unmatched = counted("not-found", "OTHER", "unmatched")
    assert (await client.request("BREW", "/api/v1/nowhere/ada")).status_code == 404
    assert counted("not-found", "OTHER", "unmatched") == unmatched + 1
    assert not any("ada" in value for _, values, *_ in COUNTED.samples() for value in values)


async def test_a_refusal_that_is_kept_is_counted_when_it_is_first_sent(client):
    ctx: Context[Settings] = client._transport.app.state.context
    scope = {"type": "http", "method": "POST", "path": "/api/v1/places", "headers": []}

    async def work(_operation_id) -> IdempotentResponse:
        raise Taken("By somebody else.")

    async def receive() -> Any:
        raise AssertionError("an answer reads nothing")

    async def send(_message) -> None:
        pass

    before = counted("taken", route="unmatched")
    for _ in range(2):
        answer = await idempotent(ctx, scope="places", key="k", request={}, work=work)
        await answer(scope, receive, send)
    assert counted("taken", route="unmatched") == before + 1

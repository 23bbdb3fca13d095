from __future__ import annotations

from typing import Annotated

import pytest
from fastapi import APIRouter, Depends, Query
from pydantic import Field

from chassis.config import Settings
from chassis.problems import Invalid
from chassis.service import create_service
from chassis.testing.apps import RunningApp, started
from chassis.testing.databases import empty_database
from chassis.testing.routes import takes_any_query
from chassis.web import Model, Paged, queries


class Filters(Model):
    colour: str | None = None
    size: list[str] = Field(default=[])


async def both(*, ends: Annotated[bool, Query(alias="both-ends")] = False) -> bool:
    return ends


router = APIRouter()


@router.get("/api/v1/shirts")
async def list_shirts(page: Paged, wanted: Annotated[list[str] | None, Query(alias="want")] = None) -> list[str]:
    return [str(page.limit), *(wanted or [])]


@router.get("/api/v1/socks")
async def list_socks(filters: Annotated[Filters, Query()]) -> list[str]:
    return filters.size


@router.get("/api/v1/caps", dependencies=[Depends(both)])
async def list_caps() -> list[str]:
    return []


@router.get("/api/v1/hats/{name}")
async def read_hat(name: str) -> str:
    return name


@pytest.fixture
async def service(bench, monkeypatch):
    app = create_service("hello", settings=Settings, routers=[router])
    database_url = await empty_database(bench.postgres, "hello")
    environment = bench.environment("hello", database_url)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    async with started(app, {}) as client:
        yield RunningApp(app, app.state.context, client, bench, "hello")


async def test_every_route_refuses_unknown_and_repeated_parameters(service):
    assert await takes_any_query(service) == []


@pytest.mark.parametrize(
    ("address", "field", "code", "message"),
    [
        ("shirts?page=2", "page", "unknown-parameter", "There are: want, limit, cursor."),
        ("shirts?Limit=2", "Limit", "unknown-parameter", "There are: want, limit, cursor."),
        ("shirts?limit=1&limit=2", "limit", "repeated-parameter", "send it once"),
        ("socks?colour=red&colour=blue", "colour", "repeated-parameter", "send it once"),
        ("socks?Size=s", "Size", "unknown-parameter", "There are: colour, size."),
        ("caps?ends=1", "ends", "unknown-parameter", "There are: both-ends."),
        ("hats/bowler?fields=", "fields", "unknown-parameter", "This address takes none."),
        ("hats/bowler?%ff%00", "\ufffd\0", "unknown-parameter", "This address takes none."),
        ("hats/bowler?" + "x" * 3000, "x" * 100, "unknown-parameter", "This address takes none."),
    ],
)
async def test_a_refusal_names_the_parameter_and_those_there_are(service, address, field, code, message):
    answer = await service.client.get(f"/api/v1/{address}")
    assert (answer.status_code, answer.json()["type"]) == (422, "validation-error")
    (error,) = answer.json()["errors"]
    assert (error["field"], error["code"]) == (f"query.{field}", code)
    assert message in error["message"]


async def test_declared_parameters_are_accepted_and_lists_may_repeat(service):
    assert (await service.client.get("/api/v1/shirts?want=a&limit=3&want=b")).json() == ["3", "a", "b"]
    assert (await service.client.get("/api/v1/socks?size=s&size=m")).json() == ["s", "m"]
    assert (await service.client.get("/api/v1/caps?both-ends=1")).status_code == 200
    assert (await service.client.get("/api/v1/hats/bowler?")).status_code == 200


async def test_at_most_twenty_parameters_are_listed(service):
    answer = await service.client.get("/api/v1/hats/bowler?" + "&".join(f"a{number}=" for number in range(90)))
    assert len(answer.json()["errors"]) == 20


def test_a_model_declares_its_fields():
    with pytest.raises(Invalid):
        queries.check("a=1", queries.of_model(Filters))
    assert queries.of_model(Filters) == queries.Declared(
        ("colour", "size"), frozenset({"size"}), frozenset({"colour", "size"})
    )

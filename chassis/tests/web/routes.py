"""Routes with every kind of parameter and dependency that FastAPI has.

Without `from __future__ import annotations`: FastAPI reads the annotations.
"""

from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Cookie, Depends, Header, Path, Query, Request, Response
from fastapi.requests import HTTPConnection
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from chassis.problems import NotFound
from chassis.web import Model

router = APIRouter()


class Part(Model):
    sku: str = Field(min_length=1, max_length=5)
    count: int = 1


class Order(Model):
    parts: list[Part]
    note: str | None = None


class Choice(BaseModel):
    model_config = ConfigDict(extra="forbid")
    limit: int = Field(default=10, ge=1, le=50)
    tags: list[str] = []
    currency: str | None = None


class Agents(BaseModel):
    x_first: str
    x_many: list[str] = []


def _calls(request: Request) -> list[str]:
    return request.scope.setdefault("calls", [])


async def common(request: Request, page: int = 1) -> int:
    _calls(request).append("common")
    return page


async def plain(request: Request) -> int:
    _calls(request).append("plain")
    return len(_calls(request))


async def twice(one: Annotated[int, Depends(plain)], other: Annotated[int, Depends(plain)]) -> list[int]:
    return [one, other]


async def marked(response: Response, request: Request) -> None:
    _calls(request).append("marked")
    response.headers["x-marked"] = "yes"
    response.headers.append("x-marked", "again")


async def denied(x_key: Annotated[str | None, Header()] = None) -> str:
    if x_key is None:
        raise HTTPException(401, "no key", headers={"WWW-Authenticate": "Key"})
    return x_key


async def with_body(part: Annotated[Part, Body()], request: Request) -> str:
    _calls(request).append("with_body")
    return part.sku


class ByConnection:
    async def __call__(self, connection: HTTPConnection) -> str:
        return connection.headers.get("host", "")


async def cleaned(request: Request) -> AsyncIterator[str]:
    _calls(request).append("in")
    try:
        yield "clean"
    except NotFound:
        _calls(request).append("not found")
        raise
    finally:
        _calls(request).append("out")


async def swallowing() -> AsyncIterator[None]:
    with suppress(NotFound):
        yield


@router.get("/path/{number}/{when}/{name:path}")
async def path(number: int, when: datetime, name: Annotated[str, Path(max_length=5)]) -> dict[str, Any]:
    return {"number": number, "when": when, "name": name}


@router.get("/query")
async def query(
    a: int,
    b: Annotated[list[int] | None, Query()] = None,
    c: Annotated[str, Query(alias="see", pattern="^[a-z]+$")] = "c",
    d: Annotated[bool, Query()] = False,  # noqa: FBT002
    e: Annotated[set[str], Query()] = set(),  # noqa: B006
) -> dict[str, Any]:
    return {"a": a, "b": b, "c": c, "d": d, "e": sorted(e)}


@router.get("/query-model")
async def query_model(choice: Annotated[Choice, Query()]) -> Choice:
    return choice


@router.get("/headers")
async def headers(agents: Annotated[Agents, Header()]) -> Agents:
    return agents


@router.get("/header")
async def header(
    x_key: Annotated[int, Header()],
    x_more: Annotated[list[str] | None, Header()] = None,
    session: Annotated[UUID | None, Cookie()] = None,
) -> list[Any]:
    return [x_key, x_more, session]


@router.post("/body", status_code=201)
async def body(order: Order) -> Order:
    return order


@router.post("/body/optional")
async def optional(order: Order | None = None) -> Order | None:
    return order


@router.post("/body/two")
async def two(part: Part, order: Order, extra: Annotated[int, Body()] = 3) -> dict[str, Any]:
    return {"part": part, "order": order, "extra": extra}


@router.post("/body/embedded")
async def embedded(part: Annotated[Part, Body(embed=True)]) -> Part:
    return part


@router.post("/body/list")
async def listed(parts: list[Part]) -> list[Part]:
    return parts


@router.post("/body/anything")
async def anything(document: Annotated[Any, Body()]) -> Any:
    return document


@router.post("/body/raw")
async def raw(request: Request) -> int:
    return len(await request.body())


@router.post("/body/text", response_model=None)
async def text(document: Annotated[bytes, Body()]) -> Response:
    return PlainTextResponse(document, 202, {"x-own": "1"})


@router.post("/body/dependency/{number}")
async def body_of_dependency(number: int, sku: Annotated[str, Depends(with_body)]) -> list[Any]:
    return [number, sku]


@router.get("/dependencies", dependencies=[Depends(marked), Depends(denied), Depends(ByConnection())])
async def dependencies(
    request: Request,
    first: Annotated[int, Depends(common)],
    same: Annotated[int, Depends(common)],
    fresh: Annotated[int, Depends(common, use_cache=False)],
    pair: Annotated[list[int], Depends(twice)],
    again: Annotated[int, Depends(plain)],
    limit: int = 3,
) -> dict[str, Any]:
    return {"pages": [first, same, fresh], "pair": [*pair, again], "limit": limit, "calls": _calls(request)}


@router.get("/yields/{way}")
async def yields(way: str, clean: Annotated[str, Depends(cleaned)], request: Request) -> list[Any]:
    if way == "missing":
        raise NotFound("not here")
    if way == "broken":
        raise ZeroDivisionError(way)
    return [clean, *_calls(request)]


@router.get("/swallows/{way}", dependencies=[Depends(swallowing)])
async def swallows(way: str) -> str:
    if way == "missing":
        raise NotFound("not here")
    return way

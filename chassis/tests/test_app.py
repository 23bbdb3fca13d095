from __future__ import annotations

from typing import Annotated

import pytest
from fastapi import APIRouter, Depends, Request

from chassis.auth import CurrentPrincipal
from chassis.config import Settings
from chassis.context import Context, context
from chassis.problems import Conflict, Invalid, responses
from chassis.service import create_service
from chassis.testing.apps import started
from chassis.testing.databases import empty_database
from chassis.web import Model

Ctx = Annotated[Context[Settings], Depends(context)]


class Wish(Model):
    count: int


class Taken(Conflict):
    type, title = "taken", "It is taken"


class UnknownWish(Invalid):
    type, title = "unknown-wish", "Nobody grants that"


router = APIRouter()


@router.post("/api/v1/wishes", status_code=201, responses=responses(Taken, UnknownWish))
async def post_wish(wish: Wish, ctx: Ctx) -> Wish:
    """Commits, then answers."""
    async with ctx.db.write() as tx:
        await tx.execute("insert into greetings (name, count) values ('wish', $1)", wish.count)
    return wish


@router.get("/api/v1/wishes/{name}")
async def get_wish(name: str, ctx: Ctx, who: CurrentPrincipal) -> dict[str, str]:
    async with ctx.db.read() as tx:
        return {"name": await tx.value("select name from greetings where name = $1", name)}


@router.get("/api/v1/crash")
async def crash() -> None:
    raise ZeroDivisionError("a secret detail")


@router.get("/api/v1/refused")
async def refused() -> None:
    raise Taken("By somebody else.", headers={"Retry-After": "7"}, by="Eve")


@router.post("/api/v1/uploads", max_body_size=2_000_000)
async def upload(request: Request) -> int:
    return len(await request.body())


@pytest.fixture
async def client(bench):
    """A service with the routes above, on hello's tables."""
    url = await empty_database(bench.postgres, "hello")
    app = create_service("hello", settings=Settings, routers=[router])
    fields = {**bench.environment("hello", url), "service_urls": {}}
    async with started(app, {name.lower(): value for name, value in fields.items()}) as client:
        client.app = app  # type: ignore[attr-defined]
        yield client


async def test_the_transaction_is_committed_before_the_answer_is_sent(bench):
    """An ASGI client that looks into the database at the very moment when the answer's first byte is sent."""
    import asyncpg

    url = await empty_database(bench.postgres, "hello")
    app = create_service("hello", settings=Settings, routers=[router])
    fields = {**bench.environment("hello", url), "service_urls": {}}
    async with started(app, {name.lower(): value for name, value in fields.items()}):
        observer = await asyncpg.connect(url)
        seen = []

        async def receive():
            return {"type": "http.request", "body": b'{"count": 3}', "more_body": False}

        async def send(message):
            if message["type"] == "http.response.start":
                seen.append(await observer.fetchval("select count from greetings"))

        scope = {
            "type": "http",
            "method": "POST",
            "path": "/api/v1/wishes",
            "raw_path": b"/api/v1/wishes",
            "query_string": b"",
            "http_version": "1.1",
            "client": ("127.0.0.1", 1),
            "server": ("x", 80),
            "scheme": "http",
            "root_path": "",
            "headers": [(b"content-type", b"application/json")],
        }
        await app(scope, receive, send)
        await observer.close()
        assert seen == [3]


async def test_every_answer_has_the_security_headers_and_an_id(client):
    answer = await client.post("/api/v1/wishes", json={"count": 1})
    assert answer.status_code == 201
    assert len(answer.headers["x-request-id"]) == 32
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
    assert answer.headers["cache-control"] == "no-store"
    assert "server" not in answer.headers


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "kind"),
    [
        ("GET", "/nowhere", None, 404, "not-found"),
        ("DELETE", "/api/v1/wishes", None, 405, "method-not-allowed"),
        ("POST", "/api/v1/wishes", b"{", 400, "malformed-request"),
        ("POST", "/api/v1/wishes", b"\xff", 400, "malformed-request"),
        ("POST", "/api/v1/wishes", b"[" * 100_000, 400, "malformed-request"),
        ("POST", "/api/v1/wishes", b'{"count": "x"}', 422, "validation-error"),
        ("POST", "/api/v1/wishes", b'{"count": 1, "more": 1}', 422, "validation-error"),
        ("POST", "/api/v1/wishes", b'{"count": 99999999999999999999}', 422, "validation-error"),
        ("POST", "/api/v1/wishes", b"", 422, "validation-error"),
        ("POST", "/api/v1/wishes", b" " * 1_000_001, 413, "content-too-large"),
        ("GET", "/api/v1/crash", None, 500, "internal-error"),
        ("GET", "/api/v1/wishes/x", None, 401, "unauthenticated"),
    ],
)
async def test_every_refusal_is_a_problem(client, method, path, body, status, kind):
    headers = {"Content-Type": "application/json"} if body is not None else {}
    answer = await client.request(method, path, content=body, headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (status, kind)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["request_id"] == answer.headers["x-request-id"]
    assert "secret" not in answer.text


async def test_a_route_can_have_a_larger_body_limit(client):
    assert (await client.post("/api/v1/uploads", content=b" " * 1_500_000)).json() == 1_500_000
    answer = await client.post("/api/v1/uploads", content=b" " * 2_000_001)
    assert (answer.status_code, answer.json()["type"]) == (413, "content-too-large")


async def test_a_body_without_a_length_is_limited_too(client):
    async def endless():
        for _ in range(30):
            yield b" " * 50_000

    answer = await client.post("/api/v1/wishes", content=endless(), headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["type"]) == (413, "content-too-large")


async def test_a_refusal_keeps_its_headers_and_members(client):
    answer = await client.get("/api/v1/refused")
    assert answer.headers["retry-after"] == "7"
    assert answer.json() == {
        "type": "taken",
        "title": "It is taken",
        "status": 409,
        "detail": "By somebody else.",
        "by": "Eve",
        "request_id": answer.headers["x-request-id"],
    }


async def test_a_nul_in_a_path_that_the_database_refuses_is_a_client_error(client, bench):
    headers = {"Authorization": f"Bearer {bench.keyring.access_token()}"}
    client.app.state.verifier.keys = type("Keys", (), {"key": staticmethod(_key(bench))})
    answer = await client.get("/api/v1/wishes/%00", headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (422, "validation-error")


def _key(bench):
    async def key(_kid):
        return bench.keyring.issuer_key.public_key()

    return key


async def test_an_unavailable_database_is_a_503(client):
    await client.app.state.context.db._writers.close()
    answer = await client.post("/api/v1/wishes", json={"count": 1})
    assert (answer.status_code, answer.json()["type"]) == (503, "dependency-unavailable")
    assert answer.headers["retry-after"] == "5"


async def test_an_error_in_a_stream_ends_the_answer_incomplete(client):
    from starlette.responses import StreamingResponse

    async def broken():
        yield b"half"
        raise ZeroDivisionError

    client.app.router.add_route("/broken", lambda _request: StreamingResponse(broken()))
    answer = await client.get("/broken")
    assert answer.content == b"half"


async def test_the_metrics_count_requests_and_connections(client):
    await client.post("/api/v1/wishes", json={"count": 1})
    text = (await client.get("/metrics")).text
    labels = 'http_request_method="POST",http_response_status_code="201",http_route="/api/v1/wishes"'
    assert f"http_server_request_duration_seconds_count{{{labels}}}" in text
    assert 'db_client_connection_count{pool="write",state="idle"}' in text
    assert "/metrics" not in text


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("application/openmetrics-text;version=1.0.0", "application/openmetrics-text; version=1.0.0"),
        ("text/plain", "text/plain; version=0.0.4"),
    ],
)
async def test_the_metrics_come_in_the_format_that_is_asked_for(client, accept, kind):
    answer = await client.get("/metrics", headers={"Accept": accept})
    assert answer.headers["content-type"] == f"{kind}; charset=utf-8"
    assert answer.headers["vary"] == "accept"
    assert answer.text.endswith("# EOF\n") is kind.startswith("application")


async def test_the_document_names_every_problem_once(client):
    schema = (await client.get("/openapi.json")).json()
    post = schema["paths"]["/api/v1/wishes"]["post"]["responses"]
    assert set(post) == {"201", "400", "409", "413", "415", "422", "429", "500", "503"}
    assert post["409"]["content"] == {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    # What the service and the chassis both answer with one status is told together.
    assert "`unknown-wish`" in post["422"]["description"]
    assert "`validation-error`" in post["422"]["description"]
    get = schema["paths"]["/api/v1/wishes/{name}"]["get"]["responses"]
    assert {"401", "403", "404", "422"} <= set(get)
    assert {"HTTPValidationError", "ValidationError"}.isdisjoint(schema["components"]["schemas"])
    assert "/internal/feed" not in schema["paths"]

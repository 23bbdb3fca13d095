import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from uuid import uuid4

import httpx
import pytest
from fastapi import Depends, FastAPI, Request, Response

from chassis.cache import Valkey
from chassis.limits import Limiter, account, client_ip, limit
from chassis.tests.auth.support import access, bearer, client_of, verifier
from chassis.web.middleware import RequestMiddleware

SECRET = b"s" * 32


def limiter(valkey: Valkey, service: str = "identity") -> Limiter:
    return Limiter(valkey, service, secret=SECRET)


@asynccontextmanager
async def routes(valkey: Valkey) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.state.verifier = verifier()
    app.state.context = SimpleNamespace(limiter=limiter(valkey))

    def by_body(request: Request) -> str:
        return request.query_params["email"]

    async def by_body_later(request: Request) -> str:
        return request.query_params["email"]

    @app.get("/ip", dependencies=[Depends(limit("ip", "2/h", by=client_ip))])
    async def ip() -> dict[str, str]:
        return {}

    @app.get("/account", dependencies=[Depends(limit("account", "1/h", by=account))])
    async def of_account() -> None: ...

    @app.get("/mail", dependencies=[Depends(limit("mail", "1/h", by=by_body))])
    async def mail() -> None: ...

    @app.get("/later", dependencies=[Depends(limit("mail", "1/h", by=by_body_later))])
    async def later() -> None: ...

    app.add_middleware(RequestMiddleware)
    async with client_of(app) as client:
        yield client


async def test_an_allowed_answer_says_how_much_is_left(valkey: Valkey):
    async with routes(valkey) as client:
        answer = await client.get("/ip")
    assert answer.status_code == 200
    assert answer.headers["ratelimit-policy"] == '"ip";q=2;w=3600'
    assert answer.headers["ratelimit"] == '"ip";r=1;t=1800'
    assert "retry-after" not in answer.headers


async def test_a_refused_request_has_a_retry_after(valkey: Valkey):
    async with routes(valkey) as client:
        began = time.monotonic()
        for _ in range(2):
            await client.get("/ip")
        answer = await client.get("/ip")
        lasted = time.monotonic() - began
    assert answer.status_code == 429
    assert answer.headers["ratelimit-policy"] == '"ip";q=2;w=3600'
    assert answer.headers["ratelimit"] == f'"ip";r=0;t={answer.headers["retry-after"]}'
    assert 1799 - lasted <= int(answer.headers["retry-after"]) <= 1800
    assert answer.json()["type"] == "rate-limited"
    assert answer.json()["detail"] == f"Try again in {answer.headers['retry-after']} seconds."


async def test_a_limit_counts_by_account_and_without_one_by_address(valkey: Valkey):
    ada, bob = uuid4(), uuid4()
    async with routes(valkey) as client:
        assert (await client.get("/account", headers=bearer(access(account_id=ada)))).status_code == 200
        assert (await client.get("/account", headers=bearer(access(account_id=ada)))).status_code == 429
        assert (await client.get("/account", headers=bearer(access(account_id=bob)))).status_code == 200
        assert (await client.get("/account")).status_code == 200
        assert (await client.get("/account")).status_code == 429
        assert (await client.get("/account", headers=bearer("x"))).status_code == 401


@pytest.mark.parametrize("path", ["/mail", "/later"])
async def test_a_limit_counts_by_the_result_of_its_function(valkey: Valkey, path: str):
    async with routes(valkey) as client:
        assert (await client.get(path, params={"email": "ada@example.com"})).status_code == 200
        assert (await client.get(path, params={"email": "ada@example.com"})).status_code == 429
        assert (await client.get(path, params={"email": "bob@example.com"})).status_code == 200


async def test_the_middleware_adds_all_limit_headers_also_to_a_response_object(valkey: Valkey):
    app = FastAPI()
    app.state.verifier = verifier()
    app.state.context = SimpleNamespace(limiter=limiter(valkey))

    @app.get("/ready", dependencies=[Depends(limit("a", "2/h", by=client_ip)), Depends(limit("b", "3/h", by=account))])
    async def ready() -> Response:
        return Response(b"made before")

    app.add_middleware(RequestMiddleware)
    async with client_of(app) as client:
        answer = await client.get("/ready", headers=bearer(access()))
    assert answer.headers.get_list("ratelimit-policy") == ['"a";q=2;w=3600', '"b";q=3;w=3600']
    assert answer.headers.get_list("ratelimit") == ['"a";r=1;t=1800', '"b";r=2;t=1200']

from __future__ import annotations

from fastapi import APIRouter, Depends, FastAPI

from chassis.auth import CurrentPrincipal
from chassis.config import Settings
from chassis.limits import account, limit
from chassis.service import create_service
from chassis.testing.apps import started
from chassis.testing.calls import calls_of
from chassis.testing.databases import empty_database
from chassis.web import Model

# Lower them when a request costs less; a change that costs more gives its reason here.
ENDPOINT = 68


class Hello(Model):
    hello: str


router = APIRouter()


@router.get("/hello", dependencies=[Depends(limit("cost", "900000/min", by=account))])
async def hello(_who: CurrentPrincipal) -> Hello:
    return Hello(hello="world")


async def test_a_signed_in_limited_logged_request_makes_few_calls(bench, record_count):
    url = await empty_database(bench.postgres, "hello")
    app = create_service("hello", settings=Settings, routers=[router])
    fields = {**bench.environment("hello", url), "service_urls": {}}
    # Without Valkey it waits for nobody, so that nothing else of the process is counted.
    fields = {name.lower(): value for name, value in fields.items() if name != "VALKEY_URL"}
    async with started(app, fields):
        app.state.verifier.keys = type("Keys", (), {"key": staticmethod(_key(bench))})
        headers = {"Authorization": f"Bearer {bench.keyring.access_token()}"}
        await calls_of(app, "/hello", headers=headers)
        found = await calls_of(app, "/hello", headers=headers)
    record_count("a signed-in, limited, logged request", python_calls=found.total())
    assert found.total() <= ENDPOINT, found
    assert found["principal_of"] == 2
    assert found["Verifier.principal"] == 1


async def test_a_compiled_route_makes_fewer_calls_than_a_bare_fastapi_endpoint():
    app = FastAPI()
    app.get("/hello")(_bare)
    await calls_of(app, "/hello")
    assert (await calls_of(app, "/hello")).total() > ENDPOINT


async def _bare() -> Hello:
    return Hello(hello="world")


def _key(bench):
    async def key(_kid):
        return bench.keyring.issuer_key.public_key()

    return key

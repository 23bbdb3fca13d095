"""Another service asks whether a session goes on before it changes rights or moves money (chassis.sessions.live)."""

from __future__ import annotations

from typing import Annotated

import asyncpg
import httpx
import pytest
from fastapi import APIRouter, Depends

from chassis.auth import Principal
from chassis.config import Settings
from chassis.service import create_service
from chassis.sessions import require_live
from chassis.testing import RunningApp, live_service
from chassis.testing.apps import _fields, started
from chassis.testing.databases import empty_database
from chassis.values import uuid7
from identity.tests.hiring import hire

router = APIRouter()
CALLERS = {"hello", "orders"}


@router.post("/refunds")
async def refund(who: Annotated[Principal, Depends(require_live("orders:write"))]) -> dict[str, str]:
    return {"account": str(who.account_id)}


@pytest.fixture(scope="module")
def identity(bench, tmp_path_factory):
    key_file = tmp_path_factory.mktemp("live") / "key"
    key_file.write_bytes(bytes(range(32)))
    with live_service(
        "identity",
        bench,
        KEY_ENCRYPTION_KEY_FILE=str(key_file),
        CALLERS_FILE=str(bench.keyring.callers_file(CALLERS)),
        AUDIENCES='["identity", "hello"]',
    ) as service:
        yield service


@pytest.fixture
async def query(identity):
    connection = await asyncpg.connect(identity.db_owner_url)
    yield connection.fetchval
    await connection.close()


@pytest.fixture
async def hello(bench, identity):
    """A service that does not follow identity: what it knows of a session, it knows by asking."""
    url = await empty_database(bench.postgres, "hello")
    app = create_service("hello", settings=Settings, routers=[router])
    async with started(app, _fields(bench.environment("hello", url, {"identity": [identity.url]}))) as client:
        yield RunningApp(app, app.state.context, client, bench, "hello")


@pytest.fixture
async def admin(identity):
    """An administrator's account, and the headers of their requests."""
    async with httpx.AsyncClient(timeout=60) as client:
        account_id, headers = await hire(client, identity.url, identity.db_owner_url, "admin")
    return {"id": account_id, "headers": headers}


async def test_a_live_session_is_allowed(hello, admin):
    answer = await hello.client.post("/refunds", headers=admin["headers"])
    assert (answer.status_code, answer.json()) == (200, {"account": admin["id"]})
    assert (await hello.client.post("/refunds")).status_code == 401


@pytest.mark.parametrize(
    ("sql", "status"),
    [
        ("update sessions set ended_at = now(), end_reason = 'signed_out' where account_id = $1", 401),
        ("update sessions set absolute_until = now() where account_id = $1", 401),
        ("update accounts set status = 'disabled' where id = $1", 401),
        ("update accounts set session_version = session_version + 1 where id = $1", 401),
        ("delete from sessions where account_id = $1", 401),
        ("update accounts set roles = '{support}' where id = $1", 403),
    ],
)
async def test_an_ended_session_is_refused_with_a_valid_token(hello, admin, query, sql, status):
    await query(sql, admin["id"])
    answer = await hello.client.post("/refunds", headers=admin["headers"])
    assert answer.status_code == status
    async with hello.ctx.db.read() as tx:
        denied = await tx.value("select count(*) from audit_lines where action = 'authorisation.denied'")
    assert denied == (status == 403)


async def test_without_an_answer_it_is_refused_and_may_be_asked_again(admin, hello):
    await hello.client.post("/refunds", headers=admin["headers"])  # it has identity's keys now
    (replica,) = hello.ctx.http._peers["identity"].replicas
    replica.url = "http://127.0.0.1:1"
    answer = await hello.client.post("/refunds", headers=admin["headers"])
    assert (answer.status_code, answer.json()["type"]) == (503, "dependency-unavailable")
    assert answer.headers["retry-after"] == "5"


async def test_only_services_can_check_sessions_and_only_live_ones_are_found(bench, identity, admin, query):
    session = await query("select id from sessions where account_id = $1", admin["id"])
    path = f"{identity.url}/internal/sessions"
    caller = {"Authorization": f"Bearer {bench.keyring.service_token('orders', 'identity')}"}
    async with httpx.AsyncClient(timeout=60) as client:
        assert (await client.get(f"{path}/{session}", headers=admin["headers"])).status_code == 401
        answer = await client.get(f"{path}/{session}", headers=caller)
        assert answer.json()["account_id"] == admin["id"]
        assert "accounts:write" in answer.json()["scopes"]
        assert (await client.get(f"{path}/{uuid7()}", headers=caller)).status_code == 404
        assert (await client.get(f"{path}/nonsense", headers=caller)).status_code == 422

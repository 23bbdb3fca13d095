"""Sensitive acts need a session that was proved within ten minutes."""

from __future__ import annotations

import re
import time
from pathlib import Path

import jwt
import pytest

import identity
from chassis.auth import RECENT_SECONDS, SCOPES
from identity.domain import roles
from identity.tests.conftest import PASSWORD

PATH = "/api/v1/sessions/step-up"
SERVICES = Path(identity.__file__).parents[1]


def told(session_or_answer: dict) -> int:
    """The moment of the last proof, as the access token tells it."""
    claims = jwt.decode(session_or_answer["access_token"], options={"verify_signature": False})
    return int(claims["auth_time"])


@pytest.fixture
def age(service):
    """Make all sessions as old as a working day, with their proofs."""

    async def make() -> None:
        async with service.ctx.db.write() as tx:
            await tx.execute("update sessions set created_at = created_at - interval '8 h', proved_at = null")

    return make


@pytest.fixture
async def boss(service, sign_up, sign_in):
    account = await sign_up("boss@example.com")
    async with service.ctx.db.write() as tx:
        await tx.execute("update accounts set roles = '{admin,customer}' where id = $1", account["id"])
    return await sign_in("boss@example.com")


async def test_an_old_session_gives_no_roles_until_the_password_is_typed_again(
    service, boss, sign_up, refresh, age, query
):
    account = await sign_up()
    path = f"/api/v1/admin/accounts/{account['id']}/roles"
    await age()
    answer, child = await refresh(boss["refresh_token"])
    assert time.time() - told(answer.json()) > 8 * 3600 - 60
    old = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    refused = await service.client.put(path, json={"roles": ["support"]}, headers=old)
    assert (refused.status_code, refused.json()["type"]) == (401, "step-up-required")
    assert await query("select roles from accounts where email = 'ada@example.com'") == ["customer"]

    proved = await service.client.post(PATH, json={"password": PASSWORD}, headers=old)
    assert (proved.status_code, proved.json()["expires_in"]) == (200, 300)
    assert time.time() - told(proved.json()) < 60
    new = {"Authorization": f"Bearer {proved.json()['access_token']}"}
    assert (await service.client.put(path, json={"roles": ["support"]}, headers=new)).status_code == 200
    # The session is the same one, and its next tokens tell the proof, too.
    again, _ = await refresh(child)
    assert told(again.json()) == told(proved.json())
    assert await query("select count(*) from audit_lines where action = 'session.proved' and outcome = 'success'") == 1


async def test_a_wrong_password_proves_nothing_and_tries_are_few(service, boss, query):
    statuses = []
    for _ in range(7):
        answer = await service.client.post(PATH, json={"password": "wrong"}, headers=boss["headers"])
        statuses.append(answer.status_code)
    assert statuses == [401] * 5 + [429] * 2
    assert answer.headers["retry-after"]
    assert await query("select count(*) from sessions where proved_at is not null") == 0
    assert await query("select count(*) from audit_lines where action = 'session.proved' and outcome = 'failure'") == 5


async def test_a_session_that_is_over_is_not_proved(service, boss, query):
    async with service.ctx.db.write() as tx:
        await tx.execute("update sessions set ended_at = now(), end_reason = 'operator'")
    answer = await service.client.post(PATH, json={"password": PASSWORD}, headers=boss["headers"])
    assert (answer.status_code, answer.json()["type"]) == (401, "unauthenticated")
    assert await query("select count(*) from sessions where proved_at is not null") == 0


async def test_a_new_session_is_proved_by_its_sign_in(boss):
    assert abs(time.time() - told(boss)) < RECENT_SECONDS / 2


def test_every_scope_of_a_role_and_of_a_route_has_a_meaning():
    given = frozenset().union(*roles.SCOPES.values())
    asked: set[str] = set()
    for path in SERVICES.glob("*/**/*.py"):
        for call in re.findall(r"\brequire\w*\(([^()]*)\)", path.read_text(encoding="utf-8")):
            asked |= set(re.findall(r'"([a-z]+:[a-z]+)"', call)) if "tests" not in path.parts else set()
    assert "refunds:write" in asked
    assert (given | asked) <= set(SCOPES)

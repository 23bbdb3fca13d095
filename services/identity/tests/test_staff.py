from __future__ import annotations

import asyncio
import os
import sys

import pytest

from chassis.values import uuid7
from identity.domain.roles import SCOPES, is_staff, scopes_of
from identity.tests.conftest import PASSWORD

EMAIL = "boss@example.com"


@pytest.fixture
def create_admin(bench, service, key_file):
    async def run(email: str = EMAIL, password: str = PASSWORD, *options: str) -> tuple[int, str]:
        url = service.ctx.settings.database_url.get_secret_value()
        environment = {**os.environ, **bench.environment("identity", url), "KEY_ENCRYPTION_KEY_FILE": str(key_file)}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "identity.create_admin", "--email", email, *options),
            env=environment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await process.communicate(password.encode() + b"\n")
        return process.returncode or 0, output.decode()

    return run


@pytest.fixture
async def admin(create_admin, sign_in):
    status, output = await create_admin()
    assert status == 0, output
    return await sign_in(EMAIL)


def test_roles_give_scopes():
    assert scopes_of(["customer"]) == frozenset()
    assert scopes_of(["support", "merchandiser"]) == SCOPES["support"] | SCOPES["merchandiser"]
    assert SCOPES["support"] | SCOPES["merchandiser"] < SCOPES["admin"]
    assert not is_staff(["customer"])
    assert is_staff(["customer", "support"])


async def test_the_first_admin_comes_from_the_command_line(admin, service):
    assert admin["account"]["roles"] == ["admin", "customer"]
    assert "Max-Age=1800" in admin["cookie"]
    answer = await service.client.get("/api/v1/admin/accounts", headers=admin["headers"])
    assert [item["email"] for item in answer.json()["items"]] == [EMAIL]


async def test_an_account_that_exists_gets_the_role_and_keeps_its_password(create_admin, sign_up, sign_in, query):
    await sign_up()
    await sign_in()
    status, output = await create_admin("ada@example.com", "another password")
    assert (status, "the password is the one it had" in output) == (0, True)
    assert await query("select end_reason from sessions") == "roles_changed"
    assert (await sign_in())["account"]["roles"] == ["admin", "customer"]


@pytest.mark.parametrize(
    ("email", "password", "words"),
    [("nonsense", PASSWORD, "email:"), (EMAIL, "password123", "password:"), (EMAIL, "x", "password:")],
)
async def test_the_command_names_invalid_input(create_admin, query, email, password, words):
    status, output = await create_admin(email, password)
    assert status == 1
    assert words in output
    assert await query("select count(*) from accounts") == 0


async def test_customers_cannot_list_accounts_or_change_roles(service, sign_up, sign_in):
    account = await sign_up()
    session = await sign_in()
    for headers, status in (({}, 401), (session["headers"], 403)):
        assert (await service.client.get("/api/v1/admin/accounts", headers=headers)).status_code == status
        path = f"/api/v1/admin/accounts/{account['id']}/roles"
        answer = await service.client.put(path, json={"roles": ["admin"]}, headers=headers)
        assert answer.status_code == status
    assert (await sign_in())["account"]["roles"] == ["customer"]


async def test_roles_are_given_and_the_sessions_of_before_end(service, admin, sign_up, sign_in, refresh, query):
    account = await sign_up()
    session = await sign_in()
    path = f"/api/v1/admin/accounts/{account['id']}/roles"
    answer = await service.client.put(path, json={"roles": ["support", "customer"]}, headers=admin["headers"])
    assert (answer.status_code, answer.json()["roles"]) == (200, ["customer", "support"])
    assert (await refresh(session["refresh_token"]))[0].status_code == 401
    assert (await service.client.get("/api/v1/accounts/me", headers=session["headers"])).status_code == 401
    change = await query("select array[before, after] from audit_lines where action = 'account.roles_changed'")
    assert change == [{"roles": ["customer"]}, {"roles": ["customer", "support"]}]
    support = await sign_in()
    answer = await service.client.get("/api/v1/admin/accounts?staff=true", headers=support["headers"])
    assert [item["email"] for item in answer.json()["items"]] == ["ada@example.com", EMAIL]
    denied = await service.client.put(path, json={"roles": ["admin"]}, headers=support["headers"])
    assert denied.status_code == 403


@pytest.mark.parametrize("roles", [[], ["owner"], ["customer"] * 21])
async def test_wrong_roles_are_refused(service, admin, sign_up, roles):
    account = await sign_up()
    path = f"/api/v1/admin/accounts/{account['id']}/roles"
    answer = await service.client.put(path, json={"roles": roles}, headers=admin["headers"])
    assert answer.status_code == 422


async def test_nobody_changes_their_own_roles(service, admin):
    path = f"/api/v1/admin/accounts/{admin['account']['id']}/roles"
    answer = await service.client.put(path, json={"roles": ["customer"]}, headers=admin["headers"])
    assert (answer.status_code, answer.json()["type"]) == (409, "own-roles")


async def test_an_unknown_account_is_404(service, admin):
    path = f"/api/v1/admin/accounts/{uuid7()}/roles"
    answer = await service.client.put(path, json={"roles": ["customer"]}, headers=admin["headers"])
    assert answer.status_code == 404


async def test_the_list_goes_on_after_its_cursor(service, admin, sign_up):
    for number in range(3):
        await sign_up(f"ada{number}@example.com")
    seen, cursor = [], ""
    while True:
        answer = await service.client.get(f"/api/v1/admin/accounts?limit=2{cursor}", headers=admin["headers"])
        seen += [item["email"] for item in answer.json()["items"]]
        if answer.json()["next_cursor"] is None:
            break
        cursor = f"&cursor={answer.json()['next_cursor']}"
    assert seen == ["ada2@example.com", "ada1@example.com", "ada0@example.com", EMAIL]
    one = await service.client.get("/api/v1/admin/accounts?email=ADA1@example.com", headers=admin["headers"])
    assert [item["email"] for item in one.json()["items"]] == ["ada1@example.com"]
    wrong = await service.client.get("/api/v1/admin/accounts?cursor=nonsense", headers=admin["headers"])
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "query.cursor")


async def test_an_operator_makes_the_account_of_the_probe_and_nobody_else_can(create_admin, admin, service, sign_in):
    status, output = await create_admin("probe@example.com", PASSWORD, "--probe")
    assert status == 0, output
    account = (await sign_in("probe@example.com"))["account"]
    assert account["roles"] == ["customer", "probe"]
    for roles in (["probe"], ["customer", "probe"]):
        path = f"/api/v1/admin/accounts/{account['id']}/roles"
        answer = await service.client.put(path, json={"roles": roles}, headers=admin["headers"])
        assert answer.status_code == 422


async def test_a_customers_account_never_becomes_the_probes(create_admin, sign_up, query):
    await sign_up("ada@example.com")
    status, output = await create_admin("ada@example.com", PASSWORD, "--probe")
    assert status != 0
    assert "ada@example.com has an account already: give the probe an address of its own" in output
    assert await query("select roles from accounts where email = 'ada@example.com'") == ["customer"]

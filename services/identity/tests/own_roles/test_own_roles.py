"""Roles of the store: who may make and give them, and what the database keeps."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import jwt
import pytest

from chassis.auth import GRANTABLE, SCOPES
from chassis.testing import eventually
from identity.domain import roles

PATH = "/api/v1/admin/accounts/roles"
PACKER = {"about": "Packs parcels", "scopes": ["orders:write", "orders:read"]}
KEEPER = {"about": "Keeps people", "scopes": ["accounts:read", "accounts:write", "catalog:read"]}


@pytest.fixture
def become(service, sign_up, sign_in):
    """Somebody who has these roles, signed in."""

    async def make(email: str, *names: str) -> dict[str, Any]:
        account = await sign_up(email)
        async with service.ctx.db.write() as tx:
            sql = "update accounts set roles = $2, session_version = session_version + 1 where id = $1"
            await tx.execute(sql, account["id"], [*names, "customer"])
        return await sign_in(email)

    return make


@pytest.fixture
async def boss(become):
    return await become("boss@example.com", "admin")


async def put(service, who: dict[str, Any], name: str, role: dict[str, Any]) -> Any:
    return await service.client.put(f"{PATH}/{name}", json=role, headers=who["headers"])


async def give(service, who: dict[str, Any], account_id: str, *names: str) -> Any:
    path = f"/api/v1/admin/accounts/{account_id}/roles"
    return await service.client.put(path, json={"roles": list(names)}, headers=who["headers"])


def scopes(session: dict[str, Any]) -> set[str]:
    claims = jwt.decode(session["access_token"], options={"verify_signature": False})
    return set(claims["scope"].split())


async def test_a_role_of_the_store_gives_its_scopes_until_it_changes(service, boss, become, sign_in, query):
    made = await put(service, boss, "packer", PACKER)
    assert (made.status_code, made.json()["scopes"]) == (200, ["orders:read", "orders:write"])
    ada = await become("ada@example.com")
    given = await give(service, boss, ada["account"]["id"], "customer", "packer", "support")
    assert given.json()["roles"] == ["customer", "packer", "support"]
    session = await sign_in()
    assert scopes(session) == {"orders:read", "orders:write"} | roles.SCOPES["support"]
    live = await service.client.get(f"/internal/sessions/{session['session_id']}", headers=service.caller("orders"))
    assert set(live.json()["scopes"]) == scopes(session)

    # The same scopes again end nothing; others end the sessions of all who have the role.
    assert (await put(service, boss, "packer", {**PACKER, "about": "Packs"})).status_code == 200
    assert (await service.client.get("/api/v1/accounts/me", headers=session["headers"])).status_code == 200
    assert (await put(service, boss, "packer", {**PACKER, "scopes": ["orders:read"]})).status_code == 200
    assert (await service.client.get("/api/v1/accounts/me", headers=session["headers"])).status_code == 401
    assert scopes(await sign_in()) == roles.SCOPES["support"]
    assert await query("select count(*) from audit_lines where action = 'role.saved' and outcome = 'success'") == 3

    used = await service.client.delete(f"{PATH}/packer", headers=boss["headers"])
    assert (used.status_code, used.json()["type"]) == (409, "role-in-use")
    await give(service, boss, ada["account"]["id"], "customer")
    assert (await service.client.delete(f"{PATH}/packer", headers=boss["headers"])).status_code == 204
    assert (await service.client.delete(f"{PATH}/packer", headers=boss["headers"])).status_code == 404


async def test_the_list_has_the_built_in_roles_those_of_the_store_and_all_scopes(service, boss):
    await put(service, boss, "packer", PACKER)
    found = (await service.client.get(PATH, headers=boss["headers"])).json()
    assert [each["name"] for each in found["items"]] == ["customer", "support", "merchandiser", "admin", "packer"]
    assert [each["built_in"] for each in found["items"]] == [True] * 4 + [False]
    assert {each["name"]: each["meaning"] for each in found["scopes"]} == {
        name: meaning for name, meaning in SCOPES.items() if name != "shop:probe"
    }


async def test_nobody_gives_or_takes_what_they_do_not_have(service, boss, become, query):
    await put(service, boss, "keeper", KEEPER)
    await put(service, boss, "packer", PACKER)
    keeper, ada = await become("keeper@example.com", "keeper"), await become("ada@example.com", "support")
    bob = await become("bob@example.com")
    for answer in (
        await put(service, keeper, "friend", {"about": "x", "scopes": ["catalog:read", "refunds:write"]}),
        await put(service, keeper, "packer", {"about": "x", "scopes": ["catalog:read"]}),
        await service.client.delete(f"{PATH}/packer", headers=keeper["headers"]),
        await give(service, keeper, bob["account"]["id"], "admin"),
        await give(service, keeper, bob["account"]["id"], "packer"),
        # Whoever has more than they is not theirs to change.
        await give(service, keeper, ada["account"]["id"], "customer"),
        await service.client.put(
            f"/api/v1/admin/accounts/{boss['account']['id']}/status",
            json={"status": "disabled"},
            headers=(await become("second@example.com", "keeper"))["headers"],
        ),
    ):
        assert answer.status_code in {403, 409}, answer.text
    assert (await put(service, keeper, "friend", {"about": "x", "scopes": ["catalog:read"]})).status_code == 200
    assert (await give(service, keeper, bob["account"]["id"], "friend")).status_code == 200
    own = await put(service, keeper, "keeper", {**KEEPER, "scopes": ["catalog:read"]})
    assert (own.status_code, own.json()["type"]) == (409, "own-roles")
    assert await query("select scopes from own_roles where name = 'packer'") == ["orders:read", "orders:write"]


async def test_wrong_roles_are_refused_and_change_nothing(boss, service, query):
    for name, role, status, kind in (
        ("admin", PACKER, 409, "built-in-role"),
        ("packer", {**PACKER, "scopes": ["shop:probe"]}, 422, "validation-error"),
        ("packer", {**PACKER, "scopes": ["orders:everything"]}, 422, "validation-error"),
        ("packer", {**PACKER, "scopes": []}, 422, "validation-error"),
        ("packer", {**PACKER, "about": ""}, 422, "validation-error"),
        ("Packer", PACKER, 422, "validation-error"),
    ):
        answer = await put(service, boss, name, role)
        assert (answer.status_code, answer.json()["type"]) == (status, kind), answer.text
    assert await query("select count(*) from own_roles") == 0


async def test_built_in_roles_and_those_that_are_not_there_stay_so(service, boss, become):
    ada = await become("ada@example.com")
    assert (await service.client.delete(f"{PATH}/admin", headers=boss["headers"])).json()["type"] == "built-in-role"
    unknown = await give(service, boss, ada["account"]["id"], "customer", "owner")
    assert (unknown.status_code, unknown.json()["type"]) == (422, "unknown-role")
    assert unknown.json()["errors"][0]["field"] == "roles.1"


async def test_their_number_is_bounded(service, boss, query):
    async with service.ctx.db.write() as tx:
        await tx.execute(
            "insert into own_roles select 'role-' || n, 'x', '{orders:read}' from generate_series(1, 100) n"
        )
    answer = await put(service, boss, "packer", PACKER)
    assert (answer.status_code, answer.json()["type"]) == (409, "too-many-roles")
    assert (await put(service, boss, "role-7", PACKER)).status_code == 200
    assert await query("select count(*) from own_roles") == 100


async def test_a_role_is_not_deleted_while_it_is_given(service, boss, become):
    """Both at once on connections of their own, past every check of the code: the database decides."""
    await put(service, boss, "packer", PACKER)
    ada = await become("ada@example.com")
    giving = await asyncpg.connect(service.db_owner_url)
    deleting = await asyncpg.connect(service.db_owner_url)
    try:
        async with giving.transaction():
            await giving.execute("update accounts set roles = '{packer}' where id = $1", ada["account"]["id"])
            deletion = asyncio.create_task(deleting.execute("delete from own_roles where name = 'packer'"))
            await eventually(lambda: giving.fetchval("select exists(select from pg_locks where not granted)"))
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            await deletion
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            await giving.execute("update accounts set roles = '{owner}' where id = $1", ada["account"]["id"])
    finally:
        await giving.close()
        await deleting.close()


def test_an_administrator_has_every_scope_that_can_be_given():
    assert roles.SCOPES["admin"] == GRANTABLE


_TOLD = """
select coalesce(array_agg(data -> 'scopes' order by xid, id), '{}') from outbox
where type = 'account.rights_changed' and aggregate_id = $1
"""
# Sessions end before it is told, so that who follows knows that no token of before is good.
_ORDER = """
select coalesce(array_agg(type order by xid, id), '{}') from outbox
where data ->> 'account_id' = $1::text and type <> 'account.registered' and type <> 'account.email_verified'
"""


async def test_what_an_account_may_do_is_told_when_it_changes_and_not_else(service, boss, become, query):
    ada = await become("ada@example.com")
    account_id = ada["account"]["id"]
    status = f"/api/v1/admin/accounts/{account_id}/status"

    async def told() -> list[Any]:
        return [sorted(each) for each in await query(_TOLD, account_id)]

    await give(service, boss, account_id, "customer")
    assert await told() == []
    await put(service, boss, "packer", PACKER)
    await give(service, boss, account_id, "packer")
    await give(service, boss, account_id, "customer", "packer")
    assert await told() == [["orders:read", "orders:write"]]
    await put(service, boss, "packer", {**PACKER, "about": "Packs"})
    await put(service, boss, "packer", {**PACKER, "scopes": ["orders:read"]})
    for state in ("disabled", "disabled", "active"):
        await service.client.put(status, json={"status": state}, headers=boss["headers"])
    await give(service, boss, account_id, "customer")
    expected = [["orders:read", "orders:write"], ["orders:read"], [], ["orders:read"], []]
    assert await told() == expected
    versions = (
        "select array_agg(version order by version) from outbox where aggregate = 'account' and aggregate_id = $1"
    )
    assert await query(versions, account_id) == [*range(1, 3 + len(expected))]
    assert (await query(_ORDER, account_id))[:2] == ["session.ended", "account.rights_changed"]

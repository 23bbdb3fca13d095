"""Staff invite staff by mail."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest

from chassis.testing import running_app
from identity.hashing import PasswordHasher
from identity.invitations import prune_invitations
from identity.tests.conftest import PASSWORD
from identity.tests.joining import from_anywhere, mailed

STAFF = "/api/v1/admin/accounts/invitations"
ACCEPT = "/api/v1/accounts/invitations/acceptances"
_TOKEN = re.compile(r"/account/invitation#(\S+)")


@pytest.fixture
async def boss(service, sign_up, sign_in):
    account = await sign_up("boss@example.com")
    async with service.ctx.db.write() as tx:
        await tx.execute("update accounts set roles = '{admin,customer}' where id = $1", account["id"])
    return await sign_in("boss@example.com")


@pytest.fixture
def invite(service, boss, mailbox):
    async def make(email: str, *roles: str, mail: int = 1) -> str:
        wish = {"email": email, "roles": list(roles)}
        answer = await service.client.post(STAFF, json=wish, headers=boss["headers"])
        assert (answer.status_code, answer.json()["token"]) == (201, None), answer.text
        found = _TOKEN.search((await mailed(mailbox, email, mail)).get_body(("plain",)).get_content())
        assert found is not None
        return found[1]

    return make


@pytest.fixture
def accept(service):
    async def send(token: str, password: str = PASSWORD) -> Any:
        wish = {"token": token, "password": password, "name": "Ada"}
        return await service.client.post(ACCEPT, json=wish, headers=from_anywhere())

    return send


async def test_who_accepts_has_an_account_with_the_roles_once(invite, accept, sign_in, service, boss, query):
    token = await invite("ada@example.com", "support")
    listed = (await service.client.get(STAFF, headers=boss["headers"])).json()["items"]
    assert [(each["email"], each["roles"]) for each in listed] == [("ada@example.com", ["customer", "support"])]
    assert (await accept(token, "short")).json()["type"] == "weak-password"
    assert (await accept(token, "password123")).json()["type"] == "weak-password"
    answers = await asyncio.gather(*(accept(token) for _ in range(3)))
    assert sorted(each.status_code for each in answers) in ([201, 404, 404], [201, 404, 409], [201, 409, 409])
    assert (await accept(token)).json()["type"] == "invitation-not-found"
    assert (await sign_in())["account"]["roles"] == ["customer", "support"]
    assert (await service.client.get(STAFF, headers=boss["headers"])).json()["items"] == []
    assert await query("select count(*) from audit_lines where action = 'invitation.accepted'") == 1


async def test_an_account_that_there_is_gets_the_roles_for_its_own_password(invite, accept, sign_up, sign_in, refresh):
    await sign_up()
    session = await sign_in()
    token = await invite("ada@example.com", "merchandiser", mail=2)
    assert (await accept(token, "another password")).json()["type"] == "invalid-credentials"
    assert (await accept(token)).json()["roles"] == ["customer", "merchandiser"]
    assert (await refresh(session["refresh_token"]))[0].status_code == 401
    assert (await sign_in())["account"]["roles"] == ["customer", "merchandiser"]


async def test_a_newer_one_a_withdrawal_and_time_end_an_invitation(service, boss, invite, accept, query):
    first = await invite("ada@example.com", "support")
    second = await invite("ada@example.com", "support", mail=2)
    assert (await accept(first)).status_code == 404
    (listed,) = (await service.client.get(STAFF, headers=boss["headers"])).json()["items"]
    path = f"{STAFF}/{listed['id']}"
    assert (await service.client.delete(path, headers=boss["headers"])).status_code == 204
    assert (await service.client.delete(path, headers=boss["headers"])).status_code == 404
    assert (await accept(second)).status_code == 404
    third = await invite("ada@example.com", "support", mail=3)
    async with service.ctx.db.write() as tx:
        await tx.execute("update staff_invitations set created_at = '2026-01-01', expires_at = '2026-01-08'")
    assert (await accept(third)).status_code == 404
    await prune_invitations(service.ctx)
    assert await query("select count(*) from staff_invitations") == 0
    assert (await accept("0" * 32 + "." + "A" * 43)).status_code == 404


async def test_nobody_invites_to_what_they_lack_and_who_was_demoted_invites_nobody(
    service, boss, invite, accept, sign_up, sign_in, query
):
    async with service.ctx.db.write() as tx:
        await tx.execute("insert into own_roles values ('keeper', 'x', '{accounts:write,catalog:read}')")
    keeper = await sign_up("keeper@example.com")
    async with service.ctx.db.write() as tx:
        await tx.execute("update accounts set roles = '{keeper}' where id = $1", keeper["id"])
    headers = (await sign_in("keeper@example.com"))["headers"]
    for roles, status in ((["admin"], 403), (["probe"], 422), (["owner"], 422)):
        wish = {"email": "eve@example.com", "roles": roles}
        assert (await service.client.post(STAFF, json=wish, headers=headers)).status_code == status
    assert await query("select count(*) from staff_invitations") == 0

    token = await invite("ada@example.com", "admin")
    # Nor do they take an invitation back that gives more than they have, by another one of that address either.
    wish = {"email": "ada@example.com", "roles": ["keeper"]}
    assert (await service.client.post(STAFF, json=wish, headers=headers)).status_code == 403
    path = f"{STAFF}/{await query('select id from staff_invitations')}"
    assert (await service.client.delete(path, headers=headers)).status_code == 403
    assert await query("select count(*) from staff_invitations where ended_at is null") == 1
    async with service.ctx.db.write() as tx:
        await tx.execute("update accounts set roles = '{support}' where id = $1", boss["account"]["id"])
    assert (await accept(token)).status_code == 404
    assert await query("select count(*) from accounts where email = 'ada@example.com'") == 0


async def test_a_role_that_is_gone_and_a_locked_account_make_it_void(service, invite, accept, sign_up, query):
    async with service.ctx.db.write() as tx:
        await tx.execute("insert into own_roles values ('packer', 'x', '{orders:read}')")
    token = await invite("eve@example.com", "packer")
    async with service.ctx.db.write() as tx:
        await tx.execute("delete from own_roles")
    assert (await accept(token)).status_code == 404
    # It can be replaced, by one of the same address.
    await invite("eve@example.com", "support", mail=2)
    await sign_up()
    token = await invite("ada@example.com", "support", mail=2)
    async with service.ctx.db.write() as tx:
        await tx.execute("update accounts set status = 'disabled' where email = 'ada@example.com'")
    assert (await accept(token)).json()["type"] == "invalid-credentials"
    assert await query("select roles from accounts where email = 'ada@example.com'") == ["customer"]


async def test_the_list_goes_on_after_its_cursor(service, boss, query):
    async with service.ctx.db.write() as tx:
        await tx.execute(
            "insert into staff_invitations (email, roles, invited_by, expires_at)"
            " select n || '@example.com', '{customer}', $1, now() + interval '1 d' from generate_series(1, 3) n",
            boss["account"]["id"],
        )
    first = (await service.client.get(f"{STAFF}?limit=2", headers=boss["headers"])).json()
    rest = await service.client.get(f"{STAFF}?limit=2&cursor={first['next_cursor']}", headers=boss["headers"])
    emails = [each["email"] for each in [*first["items"], *rest.json()["items"]]]
    assert sorted(emails) == ["1@example.com", "2@example.com", "3@example.com"]
    assert rest.json()["next_cursor"] is None


async def test_without_mail_the_answer_has_the_token_or_a_refusal(bench, key_file):
    for confirmed, status in ((False, 201), (True, 503)):
        settings = {"key_encryption_key_file": key_file, "accounts_confirmed_by_mail": confirmed}
        async with running_app("identity", bench, **settings) as service:
            async with service.ctx.db.write() as tx:
                sql = "insert into accounts (email, password_hash, roles) values ($1, $2, '{admin}') returning id"
                hashed = await service.ctx.get(PasswordHasher).hash(PASSWORD)
                await tx.value(sql, "boss@example.com", hashed)
            signed = await service.client.post(
                "/api/v1/sessions", json={"email": "boss@example.com", "password": PASSWORD}
            )
            headers = {"Authorization": f"Bearer {signed.json()['access_token']}"}
            wish = {"email": "ada@example.com", "roles": ["support"]}
            answer = await service.client.post(STAFF, json=wish, headers=headers)
            assert answer.status_code == status, answer.text
            if status == 201:
                sent = {"token": answer.json()["token"], "password": PASSWORD}
                made = await service.client.post(ACCEPT, json=sent, headers=from_anywhere())
                assert made.json()["roles"] == ["customer", "support"]
                async with service.ctx.db.read() as tx:
                    # Who invited could have accepted for another's address.
                    assert await tx.value("select bool_and(email_verified_at is null) from accounts")

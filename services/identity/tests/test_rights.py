"""Who may change whose rights, at the same moment as others do."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from chassis.testing import eventually
from chassis.values import uuid7
from identity import rights

ADMINS = ("ada@example.com", "bob@example.com")


@pytest.fixture
def hire(service, sign_up, sign_in):
    """A signed-in person with these roles."""

    async def make(email: str, *roles: str) -> dict:
        account = await sign_up(email)
        async with service.ctx.db.write() as tx:
            await tx.execute("update accounts set roles = $2 where id = $1", account["id"], list(roles))
        return await sign_in(email)

    return make


@pytest.fixture
def change(service):
    """Change something of somebody's account, as the one whose session it is."""

    async def put(session: dict, account_id: object, what: str, value: object):
        path = f"/api/v1/admin/accounts/{account_id}/{what}"
        return await service.client.put(path, json={what: value}, headers=session["headers"])

    return put


def _id(session: dict) -> str:
    return session["account"]["id"]


async def _both_at_once(service, *changes):
    """Let them all come as far as the lock on changes of rights, and go on together."""
    holder = await asyncpg.connect(service.db_owner_url)
    try:
        transaction = holder.transaction()
        await transaction.start()
        await holder.execute(f"select pg_advisory_xact_lock({rights._CHANGES})")
        tasks = [asyncio.create_task(change) for change in changes]
        waiting = "select count(*) from pg_locks where locktype = 'advisory' and not granted"

        async def all_wait() -> bool:
            return await holder.fetchval(waiting) == len(tasks)

        await eventually(all_wait)
        await transaction.rollback()
        return await asyncio.gather(*tasks)
    finally:
        await holder.close()


@pytest.mark.parametrize(
    ("what", "value"),
    [("roles", ["customer"]), ("status", "disabled"), ("mixed", None)],
    ids=["roles", "status", "mix"],
)
async def test_two_administrators_who_demote_each_other_leave_one(service, hire, change, query, what, value):
    ada, bob = [await hire(email, "admin", "customer") for email in ADMINS]
    first = ("roles", ["support"]) if what == "mixed" else (what, value)
    second = ("status", "disabled") if what == "mixed" else (what, value)
    answers = await _both_at_once(service, change(ada, _id(bob), *first), change(bob, _id(ada), *second))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    refused = next(answer for answer in answers if answer.status_code == 409).json()
    assert (refused["type"], refused["detail"]) == ("last-admin", "Make somebody else an administrator first.")
    left = "select count(*) from accounts where 'admin' = any(roles) and status = 'active'"
    assert await query(left) == 1


async def test_a_ring_of_administrators_who_demote_each_other_leaves_one(service, hire, change, query):
    people = [await hire(f"admin{number}@example.com", "admin") for number in range(4)]
    ring = [(people[number], people[(number + 1) % 4]) for number in range(4)]
    answers = await asyncio.gather(*(change(one, _id(other), "roles", ["support"]) for one, other in ring))
    assert {answer.status_code for answer in answers} <= {200, 401, 409}
    assert await query("select count(*) from accounts where 'admin' = any(roles) and status = 'active'") >= 1


@pytest.mark.parametrize(
    "sql",
    [
        "update sessions set ended_at = now(), end_reason = 'signed_out' where account_id = $1",
        "update sessions set absolute_until = now() where account_id = $1",
        "update accounts set status = 'disabled' where id = $1",
        "update accounts set session_version = session_version + 1 where id = $1",
    ],
)
@pytest.mark.parametrize("what", ["roles", "status", "sessions"])
async def test_a_token_of_an_ended_session_changes_no_rights(service, hire, sign_up, sign_in, change, query, sql, what):
    """As when another replica ended the session a moment ago, and this one has not heard of it."""
    ada, bob = await hire(ADMINS[0], "admin"), await hire(ADMINS[1], "admin")
    eve = await sign_up("eve@example.com")
    other = await sign_in(ADMINS[0])
    async with service.ctx.db.write() as tx:
        await tx.execute(sql, _id(ada))
    if what == "sessions":
        path = f"/api/v1/sessions/{other['session_id']}"
        answer = await service.client.delete(path, headers=ada["headers"])
    else:
        answer = await change(ada, eve["id"], what, ["admin"] if what == "roles" else "disabled")
    assert (answer.status_code, answer.json()["type"]) == (401, "unauthenticated")
    assert await query("select roles = '{customer}' and status = 'active' from accounts where id = $1", eve["id"])
    assert (await change(bob, eve["id"], "roles", ["support"])).status_code == 200


async def test_a_lost_permission_is_403_with_its_name(service, hire, sign_up, change):
    ada, eve = await hire(ADMINS[0], "admin"), await sign_up("eve@example.com")
    async with service.ctx.db.write() as tx:
        await tx.execute("update accounts set roles = '{support}' where id = $1", _id(ada))
    answer = await change(ada, eve["id"], "roles", ["support"])
    assert (answer.status_code, answer.json()["detail"]) == (403, "This needs the permission accounts:write.")


async def test_a_disabled_account_is_signed_out_until_it_is_enabled(
    service, hire, sign_up, sign_in, refresh, change, query
):
    ada, eve = await hire(ADMINS[0], "admin"), await sign_up("eve@example.com")
    session = await sign_in("eve@example.com")
    answer = await change(ada, eve["id"], "status", "disabled")
    assert (answer.status_code, answer.json()["status"]) == (200, "disabled")
    assert (await service.client.get("/api/v1/accounts/me", headers=session["headers"])).status_code == 401
    assert (await refresh(session["refresh_token"]))[0].status_code == 401
    wish = {"email": "eve@example.com", "password": "correct horse battery staple"}
    assert (await service.client.post("/api/v1/sessions", json=wish)).status_code == 401
    assert await query("select data->>'reason' from outbox where type = 'session.ended'") == "disabled"
    line = "select array[before, after] from audit_lines where action = 'account.status_changed'"
    assert await query(line) == [{"status": "active"}, {"status": "disabled"}]
    assert (await change(ada, eve["id"], "status", "active")).status_code == 200
    assert (await service.client.post("/api/v1/sessions", json=wish)).status_code == 201


async def test_a_status_given_again_changes_nothing(hire, change, query):
    ada, bob = await hire(ADMINS[0], "admin"), await hire(ADMINS[1], "admin")
    for one, other in ((ada, bob), (bob, ada)):
        assert (await change(one, _id(other), "status", "active")).status_code == 200
    assert await query("select count(*) from audit_lines where action = 'account.status_changed'") == 0


async def test_only_administrators_disable_accounts_and_not_their_own(service, hire, sign_up, change):
    ada, bob = await hire(ADMINS[0], "admin"), await hire(ADMINS[1], "support")
    eve = await sign_up("eve@example.com")
    own = await change(ada, _id(ada), "status", "disabled")
    assert (own.status_code, own.json()["type"]) == (409, "own-status")
    assert (await change(bob, eve["id"], "status", "disabled")).status_code == 403
    assert (await change(ada, uuid7(), "status", "disabled")).status_code == 404
    wrong = await change(ada, eve["id"], "status", "gone")
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "status")


async def test_an_expired_session_is_ended_too(service, hire, sign_in, change):
    """Its access token may have some minutes to live."""
    ada, bob = await hire(ADMINS[0], "admin"), await hire(ADMINS[1], "support")
    async with service.ctx.db.write() as tx:
        await tx.execute("update sessions set idle_until = now() where account_id = $1", _id(bob))
    assert (await service.client.get("/api/v1/admin/accounts", headers=bob["headers"])).status_code == 200
    assert (await change(ada, _id(bob), "roles", ["customer"])).status_code == 200
    assert (await service.client.get("/api/v1/admin/accounts", headers=bob["headers"])).status_code == 401


@pytest.mark.parametrize(("what", "value"), [("roles", ["customer"]), ("status", "disabled")])
async def test_after_a_race_no_token_with_the_old_rights_is_accepted(service, hire, refresh, change, what, value):
    """Somebody signs in and refreshes while they are demoted or locked: whatever they get, it is of no use."""
    ada = await hire(ADMINS[0], "admin")
    for number in range(4):
        bob = await hire(f"bob{number}@example.com", "support")
        wish = {"email": f"bob{number}@example.com", "password": "correct horse battery staple"}
        changed, signed_in, (refreshed, _) = await asyncio.gather(
            change(ada, _id(bob), what, value),
            service.client.post("/api/v1/sessions", json=wish),
            refresh(bob["refresh_token"]),
        )
        assert changed.status_code == 200
        for answer in (signed_in, refreshed):
            assert answer.status_code in {200, 201, 401}
            token = answer.json().get("access_token")
            headers = {"Authorization": f"Bearer {token}"}
            used = await service.client.get("/api/v1/admin/accounts", headers=headers)
            assert used.status_code in {401, 403}
        service.client.cookies.clear()

from __future__ import annotations

import asyncio

import argon2
import jwt
import msgspec
import pytest

from chassis.values import uuid7
from identity.tests.conftest import PASSWORD
from identity.tests.joining import join


async def test_signing_in_gives_a_token_for_every_service_and_a_guarded_cookie(service, sign_up, sign_in):
    account = await sign_up()
    session = await sign_in()
    assert session["account"] == account
    assert session["expires_in"] == 300
    for word in ("HttpOnly", "Secure", "SameSite=strict", "Path=/", "Max-Age=1209600"):
        assert word in session["cookie"]
    jwks = msgspec.json.decode((await service.client.get("/.well-known/jwks.json")).content)
    key = jwt.PyJWK(jwks["keys"][0])
    claims = jwt.decode(session["access_token"], key, ["ES256"], audience="orders", issuer="mercat")
    assert claims["sub"] == account["id"]
    assert claims["sid"] == session["session_id"]
    assert claims["scope"] == ""
    assert not {"email", "name"} & claims.keys()
    assert "ada@" not in str(claims)
    assert set(jwks["keys"][0]) == {"kty", "crv", "x", "y", "kid", "alg", "use"}


async def test_the_refresh_token_is_in_the_cookie_alone(service, sign_up):
    await sign_up()
    answer = await service.client.post("/api/v1/sessions", json={"email": "ada@example.com", "password": PASSWORD})
    token = answer.headers["set-cookie"].partition("__Host-refresh=")[2].partition(";")[0]
    assert len(token) > 40
    assert token not in answer.text


@pytest.mark.parametrize(("email", "password"), [("ada@example.com", "wrong"), ("nobody@example.com", PASSWORD)])
async def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(service, sign_up, query, email, password):
    await sign_up()
    answer = await service.client.post("/api/v1/sessions", json={"email": email, "password": password})
    assert (answer.status_code, answer.json()["type"]) == (401, "invalid-credentials")
    assert answer.json()["detail"] == "Check both, or make an account."
    assert "set-cookie" not in answer.headers
    assert await query("select count(*) from sessions") == 0
    assert await query("select count(*) from audit_lines where outcome = 'failure'") == 1


async def test_a_disabled_account_gets_no_session(service, sign_up, sign_in, refresh, query):
    account = await sign_up()
    session = await sign_in()
    async with service.ctx.db.write() as tx:
        await tx.execute("update accounts set status = 'disabled' where id = $1", account["id"])
    answer = await service.client.post("/api/v1/sessions", json={"email": "ada@example.com", "password": PASSWORD})
    assert answer.status_code == 401
    assert (await refresh(session["refresh_token"]))[0].status_code == 401


async def test_an_old_hash_is_made_anew_at_sign_in(service, sign_up, sign_in, query):
    await sign_up()
    weak = argon2.PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    async with service.ctx.db.write() as tx:
        await tx.execute("update accounts set password_hash = $1", weak)
    await sign_in()
    assert (await query("select password_hash from accounts")).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


async def test_hashes_above_the_queue_limit_are_refused_as_busy(service, sign_up):
    from identity.hashing import PasswordHasher
    from identity.problems import Busy

    hasher = PasswordHasher(memory_kib=19_456, time_cost=2, queue=1)
    hasher._room = 2
    results = await asyncio.gather(*(hasher.hash("x") for _ in range(6)), return_exceptions=True)
    assert sum(isinstance(result, Busy) for result in results) == 4
    assert (await hasher.hash("x")).startswith("$argon2id$")
    hasher.close()


async def test_the_list_shows_where_and_which_is_this_one(service, sign_up, sign_in):
    await sign_up()
    first, second = await sign_in(), await sign_in()
    items = (await service.client.get("/api/v1/sessions", headers=second["headers"])).json()["items"]
    assert [(item["id"], item["current"]) for item in items] == [
        (second["session_id"], True),
        (first["session_id"], False),
    ]


async def test_signing_out_ends_everything_at_once(service, sign_up, sign_in, refresh, query):
    await sign_up()
    session = await sign_in()
    answer = await service.client.delete("/api/v1/sessions/current", headers=session["headers"])
    assert answer.status_code == 204
    assert '__Host-refresh=""' in answer.headers["set-cookie"]
    assert (await refresh(session["refresh_token"]))[0].json()["type"] == "session-ended"
    assert (await service.client.get("/api/v1/accounts/me", headers=session["headers"])).status_code == 401
    assert await query("select data->>'reason' from outbox where type = 'session.ended'") == "signed_out"


async def test_one_may_end_ones_own_other_session_and_nobody_elses(service, sign_up, sign_in, refresh):
    await sign_up()
    await sign_up("eve@example.com")
    here, there, eve = await sign_in(), await sign_in(), await sign_in("eve@example.com")
    path = f"/api/v1/sessions/{there['session_id']}"
    assert (await service.client.delete(path, headers=eve["headers"])).status_code == 404
    assert (await refresh(there["refresh_token"]))[0].status_code == 200
    assert (await service.client.delete(path, headers=here["headers"])).status_code == 204
    assert (await refresh(there["refresh_token"]))[0].status_code == 401
    assert (await service.client.delete(path, headers=here["headers"])).status_code == 404
    unknown = f"/api/v1/sessions/{uuid7()}"
    assert (await service.client.delete(unknown, headers=here["headers"])).status_code == 404


async def test_the_oldest_session_ends_beyond_the_allowed_number(bench, key_file, mailbox):
    from chassis.testing import running_app

    settings = {"key_encryption_key_file": key_file, "smtp_url": mailbox.url, "sessions_per_account": 2}
    async with running_app("identity", bench, **settings) as service:
        wish = {"email": "ada@example.com", "password": PASSWORD}
        await join(service.client, mailbox, wish["email"])
        tokens = [(await service.client.post("/api/v1/sessions", json=wish)).json() for _ in range(3)]
        headers = {"Authorization": f"Bearer {tokens[2]['access_token']}"}
        items = (await service.client.get("/api/v1/sessions", headers=headers)).json()["items"]
        assert [item["id"] for item in items] == [tokens[2]["session_id"], tokens[1]["session_id"]]


@pytest.mark.parametrize("column", ["absolute_until", "ended_at"])
async def test_old_sessions_are_deleted(service, sign_up, sign_in, query, column):
    from identity.jobs import prune_sessions

    await sign_up()
    await sign_in()
    await prune_sessions(service.ctx)
    assert await query("select count(*) from sessions") == 1
    async with service.ctx.db.write() as tx:
        await tx.execute("update sessions set end_reason = 'signed_out', ended_at = now()")
        await tx.execute(f"update sessions set {column} = now() - interval '31 days'")
    await prune_sessions(service.ctx)
    assert await query("select count(*) from sessions") == 0

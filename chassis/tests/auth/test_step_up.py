from __future__ import annotations

import time

import pytest

from chassis import auth
from chassis.tests.auth.support import access, application, bearer, client_of, forged, sample


@pytest.mark.parametrize(("age", "status"), [(0, 200), (auth.RECENT_SECONDS - 5, 200), (auth.RECENT_SECONDS + 5, 401)])
async def test_a_sensitive_act_needs_a_recent_proof(age: int, status: int):
    before = sample("auth_refused_total", kind="person", reason="old")
    token = access(auth_time=time.time() - age)
    async with client_of(application()) as client:
        answer = await client.get("/keys", headers=bearer(token))
        assert (await client.get("/stock", headers=bearer(token))).status_code == 200
    assert answer.status_code == status
    refused = status == 401
    assert sample("auth_refused_total", kind="person", reason="old") == before + refused
    if refused:
        assert (answer.json()["type"], answer.json()["max_age"]) == ("step-up-required", auth.RECENT_SECONDS)
        error = 'Bearer error="insufficient_user_authentication", max_age="600"'
        assert answer.headers["www-authenticate"] == error


async def test_a_token_that_does_not_tell_its_proof_is_an_old_one():
    async with client_of(application()) as client:
        answer = await client.get("/keys", headers=bearer(forged(scope="stock:write")))
    assert (answer.status_code, answer.json()["type"]) == (401, "step-up-required")


async def test_a_recent_proof_gives_no_right():
    async with client_of(application()) as client:
        answer = await client.get("/keys", headers=bearer(access(scopes=[])))
        assert (await client.get("/keys")).json()["type"] == "unauthenticated"
    assert answer.status_code == 403


def test_what_may_be_given_is_known_and_leaves_out_the_probe():
    assert set(auth.SCOPES) > auth.GRANTABLE
    assert set(auth.SCOPES) - auth.GRANTABLE == {"shop:probe"}

from __future__ import annotations

import asyncio

import pytest

from chassis.ids import uuid7
from identity.tests.conftest import PASSWORD


async def test_an_account_is_made_in_its_canonical_form(service, query):
    wish = {"email": "ADA@Example.com", "password": PASSWORD, "name": " Ada "}
    answer = await service.client.post("/api/v1/accounts", json=wish)
    body = answer.json()
    assert answer.status_code == 201
    assert {name: body[name] for name in ("email", "name", "roles", "status")} == {
        "email": "ada@example.com",
        "name": "Ada",
        "roles": ["customer"],
        "status": "active",
    }
    assert await query("select data->>'account_id' from outbox where type = 'account.registered'") == body["id"]
    assert (await query("select password_hash from accounts")).startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert await query("select count(*) from audit_lines where action = 'account.registered'") == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "ada"}, "email"),
        ({"email": "ada@example.com\x00"}, "email"),
        ({"password": "short"}, "password"),
        ({"password": "x" * 129}, "password"),
        ({"password": "with\x00zero"}, "password"),
        ({"name": "two\nlines"}, "name"),
        ({"name": ""}, "name"),
        ({"roles": ["admin"]}, "roles"),
        ({"email": 5}, "email"),
    ],
)
async def test_bad_input_is_named_and_changes_nothing(service, query, change, field):
    wish = {"email": "ada@example.com", "password": PASSWORD, **change}
    answer = await service.client.post("/api/v1/accounts", json=wish)
    assert (answer.status_code, answer.json()["type"]) == (422, "validation-error")
    assert answer.json()["errors"][0]["field"] == field
    assert await query("select count(*) from accounts") == 0


@pytest.mark.parametrize("password", ["password123", "aaaaaaaaaa", "ada@example.com", "abababab"])
async def test_a_guessable_password_is_refused(service, query, password):
    answer = await service.client.post("/api/v1/accounts", json={"email": "ada@example.com", "password": password})
    assert (answer.status_code, answer.json()["type"]) == (422, "weak-password")
    assert await query("select count(*) from accounts") == 0


async def test_five_at_once_make_one_account(service, query):
    wish = {"email": "ada@example.com", "password": PASSWORD}
    answers = await asyncio.gather(*(service.client.post("/api/v1/accounts", json=wish) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]
    assert {answer.json()["type"] for answer in answers if answer.status_code == 409} == {"email-taken"}
    assert await query("select count(*) from accounts") == 1
    assert await query("select count(*) from outbox") == 1


async def test_the_sixth_sign_up_of_an_hour_from_one_address_waits(service, sign_up, query):
    for number in range(5):
        await sign_up(f"ada{number}@example.com")
    answer = await service.client.post("/api/v1/accounts", json={"email": "x@example.com", "password": PASSWORD})
    assert (answer.status_code, answer.json()["type"]) == (429, "rate-limited")
    assert await query("select count(*) from accounts") == 5


async def test_who_am_i(service, sign_up, sign_in):
    account = await sign_up()
    session = await sign_in()
    answer = await service.client.get("/api/v1/accounts/me", headers=session["headers"])
    assert (answer.status_code, answer.json()) == (200, account)
    assert answer.headers["cache-control"] == "no-store"


async def test_nobody_is_nobody(service):
    assert (await service.client.get("/api/v1/accounts/me")).status_code == 401
    forged = service.token(uuid7())  # signed by a key that is not identity's
    assert (await service.client.get("/api/v1/accounts/me", headers=forged)).status_code == 401

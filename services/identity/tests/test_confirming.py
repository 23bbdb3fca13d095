"""Using the link that makes an account."""

from __future__ import annotations

import asyncio

import pytest

from chassis.values import uuid7
from identity.domain import mailed_links
from identity.jobs import forget_registrations
from identity.keys import SigningKeys
from identity.tests.joining import PASSWORD, ask, confirm, from_anywhere, mailed, token_in

EMAIL = "ada@example.com"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"token": "rubbish"}, "token"),
        ({"token": 5}, "token"),
        ({"password": "short"}, "password"),
        ({"password": "x" * 129}, "password"),
        ({"password": "with\x00zero"}, "password"),
        ({"name": "two\nlines"}, "name"),
        ({"name": ""}, "name"),
        ({"email": "eve@example.com"}, "email"),
    ],
)
async def test_a_bad_confirmation_is_named(service, query, change, field):
    wish = {"token": mailed_links.make(bytes(32), uuid7()), "password": PASSWORD, **change}
    answer = await service.client.post("/api/v1/email-verifications", json=wish)
    assert (answer.status_code, answer.json()["type"]) == (422, "validation-error")
    assert answer.json()["errors"][0]["field"] == field


@pytest.mark.parametrize("password", ["password123", "aaaaaaaaaa", "ada@example.com", "abababab"])
async def test_a_guessable_password_is_refused_and_the_link_stays_good(service, mailbox, query, password):
    await ask(service.client, EMAIL)
    token = token_in(await mailed(mailbox, EMAIL))
    answer = await confirm(service.client, token, password)
    assert (answer.status_code, answer.json()["type"]) == (422, "weak-password")
    assert await query("select count(*) from accounts") == 0
    assert (await confirm(service.client, token)).status_code == 201


async def test_a_link_used_by_five_at_once_makes_one_account(service, mailbox, query):
    await ask(service.client, EMAIL)
    token = token_in(await mailed(mailbox, EMAIL))
    answers = await asyncio.gather(*(confirm(service.client, token) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]
    assert {answer.json()["type"] for answer in answers if answer.status_code == 409} == {"registration-used"}
    assert await query("select count(*) from accounts") == 1
    assert await query("select count(*) from outbox") == 2, "it was made, and its address is known"
    later = await confirm(service.client, token, "quite another password")
    assert (later.status_code, later.json()["type"]) == (409, "registration-used")


async def test_two_links_of_one_address_used_at_once_make_one_account(service, mailbox, query):
    for _ in range(2):
        await ask(service.client, EMAIL)
    await mailed(mailbox, EMAIL, 2)
    tokens = [token_in(mail) for mail in mailbox.to(EMAIL)]
    assert len(set(tokens)) == 2
    answers = await asyncio.gather(*(confirm(service.client, token) for token in tokens))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert next(answer.json()["type"] for answer in answers if answer.status_code == 409) == "email-taken"
    assert await query("select count(*) from accounts") == 1
    lost = tokens[[answer.status_code for answer in answers].index(409)]
    assert (await confirm(service.client, lost)).json()["type"] == "email-taken"


async def test_whoever_has_the_mailbox_chooses_the_password(service, mailbox, sign_in):
    """A stranger who asks first gains nothing, also if the owner follows the stranger's link."""
    assert (await ask(service.client, EMAIL)).status_code == 202
    assert (await confirm(service.client, token_in(await mailed(mailbox, EMAIL)))).status_code == 201
    assert (await sign_in())["account"]["email"] == EMAIL


@pytest.mark.parametrize("password", [" Blanks at both Ends  ", "Zwölf Käse-Öfen ☕", "x1 " * 42 + "Yz"])
async def test_a_password_is_taken_exactly_as_it_was_typed(service, mailbox, password):
    await ask(service.client, EMAIL)
    assert (await confirm(service.client, token_in(await mailed(mailbox, EMAIL)), password)).status_code == 201
    others = {password.strip(), password.swapcase(), password[:-1]} - {password}
    for typed, status in ((password, 201), *((other, 401) for other in others)):
        answer = await service.client.post("/api/v1/sessions", json={"email": EMAIL, "password": typed})
        assert answer.status_code == status, typed


@pytest.mark.parametrize("what", ["made up", "of another key", "run out", "forgotten"])
async def test_an_invalid_or_expired_link_is_refused(service, mailbox, query, what):
    await ask(service.client, EMAIL)
    token = token_in(await mailed(mailbox, EMAIL))
    key = service.ctx.get(SigningKeys).encryption.registration_key
    registration_id = mailed_links.parse(key, token)
    assert registration_id is not None
    if what == "made up":
        token = f"{token[:33]}{'A' * 43}"
    elif what == "of another key":
        token = mailed_links.make(service.ctx.get(SigningKeys).encryption.refresh_key, registration_id)
    async with service.ctx.db.write() as tx:
        if what in {"run out", "forgotten"}:
            await tx.execute("update registrations set created_at = created_at - interval '25 h', expires_at = now()")
    if what == "forgotten":
        await forget_registrations(service.ctx)
        assert await query("select count(*) from registrations") == 0
    answer = await confirm(service.client, token)
    assert (answer.status_code, answer.json()["type"]) == (404, "registration-not-found")
    assert await query("select count(*) from accounts") == 0


async def test_forged_links_from_an_address_do_not_block_valid_ones(service, mailbox):
    await ask(service.client, EMAIL)
    good = {"token": token_in(await mailed(mailbox, EMAIL)), "password": PASSWORD}
    here = from_anywhere()
    made_up = {**good, "token": mailed_links.make(bytes(32), uuid7())}
    path = "/api/v1/email-verifications"
    answers = await asyncio.gather(*(service.client.post(path, json=made_up, headers=here) for _ in range(40)))
    assert {answer.status_code for answer in answers} == {404, 429}
    assert (await service.client.post(path, json=good, headers=here)).status_code == 201

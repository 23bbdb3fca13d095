"""Whoever is signed in changes the password, with the present one."""

from __future__ import annotations

import asyncio

import pytest

from identity.domain.leaked import leaked_passwords
from identity.domain.passwords import weakness
from identity.tests.joining import PASSWORD
from identity.tests.own_account.people import NEW

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_the_new_password_is_good_the_old_one_and_all_sessions_are_not(people):
    ada = await people.join()
    elsewhere = await people.session(ada.email)
    answer = await people.change(ada)
    assert answer.status_code == 204
    assert '__Host-refresh=""' in answer.headers["set-cookie"]
    assert not await people.lives(ada.headers)
    assert not await people.lives(elsewhere)
    assert (await people.sign_in(ada.email)).status_code == 401
    assert (await people.sign_in(ada.email, NEW)).status_code == 201
    assert (await people.mail(ada.email))["Subject"] == "Your password was changed"
    assert await people.lines(ada, "account.password_changed") == ["success"]


async def test_a_wrong_present_password_changes_nothing_and_is_in_the_audit_log(people):
    ada = await people.join()
    answer = await people.change(ada, current_password="not that one")
    assert (answer.status_code, answer.json()["type"]) == (403, "wrong-password")
    assert await people.lives(ada.headers)
    assert await people.lines(ada, "account.password_changed") == ["failure"]


async def test_the_present_password_is_guessed_five_times_a_minute_at_most(people):
    ada = await people.join()
    answers = [await people.change(ada, current_password=f"guess {number}") for number in range(6)]
    assert [answer.status_code for answer in answers] == [403] * 5 + [429]
    assert (await people.change(ada)).status_code == 429


async def test_two_changes_at_once_set_one_password(people):
    ada = await people.join()
    answers = await asyncio.gather(*(people.change(ada, password=f"{NEW} {number}") for number in range(2)))
    assert sorted(answer.status_code for answer in answers) == [204, 401]
    won = next(number for number, answer in enumerate(answers) if answer.status_code == 204)
    assert (await people.sign_in(ada.email, f"{NEW} {won}")).status_code == 201
    assert await people.lines(ada, "account.password_changed") == ["success"]


async def test_links_of_before_are_not_good_after_a_change(people):
    """Whoever asked for one may not be who changed the password."""
    ada = await people.join()
    await people.post("password-resets", email=ada.email)
    moved = people.address()
    await people.move(ada, moved)
    reset, confirmation = await people.link(ada.email), await people.link(moved)
    assert (await people.change(ada)).status_code == 204
    assert (await people.post("password-resets/complete", token=reset, password=NEW)).status_code == 404
    assert (await people.post("email-changes/confirm", token=confirmation)).status_code == 404


@pytest.mark.parametrize("password", ["Corvette", "password123", "aaaaaaaaaa"])
async def test_a_leaked_password_is_refused(people, password):
    ada = await people.join()
    answer = await people.change(ada, password=password)
    assert (answer.status_code, answer.json()["type"]) == (422, "weak-password")
    assert await people.lives(ada.headers)


async def test_without_a_session_nothing_is_changed(people):
    ada = await people.join(signed_in=False)
    assert (await people.change(ada)).status_code == 401
    assert (await people.move(ada, people.address())).status_code == 401
    assert (await people.sign_in(ada.email)).status_code == 201


async def test_thousands_of_leaked_passwords_are_known_and_a_few_words_are_not_among_them():
    known = leaked_passwords(8)
    assert len(known) > 10_000
    assert all(password == password.lower() and len(password) >= 8 for password in known)
    assert weakness("Trustno1", "ada@example.com") is not None
    assert weakness(PASSWORD, "ada@example.com") is None


async def test_the_account_that_is_gone_is_named(people):
    ada = await people.join()
    await people.execute("delete from accounts where id = $1", ada.id)
    answer = await people.change(ada)
    assert (answer.status_code, answer.json()["type"]) == (404, "not-found")

"""An account gets another address once its owner has read a mail there; the address of before has a way back."""

from __future__ import annotations

import asyncio

import pytest

from chassis.testing import running_app
from identity.tests.joining import ask, confirm, mailed, token_in
from identity.tests.own_account.people import NEW

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def moved(people, who) -> str:
    """The new address, confirmed."""
    email = people.address()
    asked = await people.move(who, email)
    assert (asked.status_code, asked.json()) == (202, {"email": email, "expires_in": 86_400})
    assert (await people.post("email-changes/confirm", token=await people.link(email))).status_code == 204
    return email


async def test_the_new_address_is_taken_once_it_is_confirmed_and_the_old_one_is_told(people):
    ada = await people.join()
    email = people.address()
    await people.move(ada, email)
    mail = await people.mail(email)
    assert mail["Subject"] == "Confirm your new address"
    assert await people.lives(ada.headers)
    assert (await people.sign_in(ada.email)).status_code == 201
    token = await people.link(email)
    assert (await people.post("email-changes/confirm", token=token)).status_code == 204
    assert not await people.lives(ada.headers)
    assert (await people.sign_in(ada.email)).status_code == 401
    assert (await people.sign_in(email)).json()["account"] | {"email": email} == (await people.sign_in(email)).json()[
        "account"
    ]
    assert (await people.mail(ada.email))["Subject"] == "Your account has another address"
    assert await people.lines(ada, "account.email_change_asked") == ["success"]
    assert await people.lines(ada, "account.email_confirmed") == ["success"]
    assert (await people.post("email-changes/confirm", token=token)).status_code == 404


async def test_whether_the_new_address_has_an_account_is_told_to_its_owner_alone(people):
    ada, bob = await people.join(), await people.join(signed_in=False)
    free = people.address()
    answers = []
    for email in (bob.email, free):
        answer = await people.move(ada, email)
        head = {name: value for name, value in answer.headers.items() if name not in {"x-request-id", "date"}}
        head = {name: value for name, value in head.items() if not name.startswith("ratelimit")}
        answers.append((answer.status_code, answer.text.replace(email, "x"), {**head, "content-length": ""}))
        await people.mail(email)
    assert answers[0] == answers[1]
    mail = await people.mail(bob.email)
    assert mail["Subject"] == "There is an account with this address already"
    assert "#" not in mail.get_body(("plain",)).get_content()


async def test_a_wrong_password_asks_for_nothing(people):
    ada = await people.join()
    email = people.address()
    answer = await people.move(ada, email, password="not that one")
    assert (answer.status_code, answer.json()["type"]) == (403, "wrong-password")
    assert await people.query("select count(*) from account_mails where email = $1", email) == 0
    assert await people.lines(ada, "account.email_change_asked") == ["failure"]


async def test_only_the_newest_of_two_wishes_is_good(people):
    ada = await people.join()
    first, second = people.address(), people.address()
    await people.move(ada, first)
    old = await people.link(first)
    await people.move(ada, second)
    new = await people.link(second)
    assert (await people.post("email-changes/confirm", token=old)).status_code == 404
    assert (await people.post("email-changes/confirm", token=new)).status_code == 204


async def test_wishes_at_once_leave_one_that_is_good(people):
    ada = await people.join()
    wished = [people.address() for _ in range(4)]
    answers = await asyncio.gather(*(people.move(ada, email) for email in wished))
    assert {answer.status_code for answer in answers} == {202}
    live = (
        "select count(*) from account_mails where account_id = $1 and kind = 'email_confirmation' and ended_at is null"
    )
    assert await people.query(live, ada.id) == 1


async def test_two_accounts_that_confirm_one_address_at_once_do_not_both_get_it(people):
    ada, bob, email = await people.join(), await people.join(), people.address()
    for number, who in enumerate((ada, bob), 1):
        await people.move(who, email)
        await people.mail(email, number)
    tokens = [await people.link(email, number) for number in (1, 2)]
    answers = await asyncio.gather(*(people.post("email-changes/confirm", token=token) for token in tokens))
    assert sorted(answer.status_code for answer in answers) == [204, 409]
    assert next(answer.json()["type"] for answer in answers if answer.status_code == 409) == "email-taken"
    assert await people.query("select count(*) from accounts where email = $1", email) == 1
    assert await people.query("select count(*) from accounts where id = any($1)", [ada.id, bob.id]) == 2


async def test_a_link_that_is_used_by_five_at_once_moves_once(people):
    ada, email = await people.join(), people.address()
    await people.move(ada, email)
    token = await people.link(email)
    answers = await asyncio.gather(*(people.post("email-changes/confirm", token=token) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [204, 404, 404, 404, 404]
    events = "select count(*) from outbox where type = 'account.email_verified' and aggregate_id = $1"
    assert await people.query(events, ada.id) == 1
    told = "select count(*) from account_mails where kind = 'email_changed' and account_id = $1"
    assert await people.query(told, ada.id) == 1


async def test_confirming_the_present_address_ends_no_session(people):
    ada = await people.join()
    await people.move(ada, ada.email)
    assert (await people.mail(ada.email))["Subject"] == "Confirm your new address"
    assert (await people.post("email-changes/confirm", token=await people.link(ada.email))).status_code == 204
    assert await people.lives(ada.headers)
    assert await people.query("select email_verified_at is not null from accounts where id = $1", ada.id)


async def test_the_address_of_before_takes_the_account_back_from_a_thief(people):
    ada = await people.join()
    email = await moved(people, ada)
    thief = await people.session(email)
    back = await people.link(ada.email)
    assert (await people.post("email-changes/take-back", token=back)).status_code == 204
    assert not await people.lives(thief)
    assert (await people.sign_in(email)).status_code == 401
    assert (await people.sign_in(ada.email)).status_code == 401, "the thief knows this password"
    assert (await people.mail(ada.email, 2))["Subject"] == "Choose a new password"
    token = await people.link(ada.email, 2)
    assert (await people.post("password-resets/complete", token=token, password=NEW)).status_code == 204
    assert (await people.sign_in(ada.email, NEW)).status_code == 201
    assert (await people.post("email-changes/take-back", token=back)).status_code == 404
    assert await people.lines(ada, "account.email_taken_back") == ["success"]


@pytest.mark.parametrize("days", [0, 3])
async def test_with_the_account_a_second_factor_comes_back_only_if_it_is_older_than_the_theft(people, days):
    """One that a thief has set up would keep the owner out."""
    ada = await people.join()
    sql = """
    insert into second_factors (account_id, secret, confirmed_at) values ($1, $2, now() - make_interval(days => $3))
    """
    await people.execute(sql, ada.id, bytes(48), days)
    moved_to = people.address()
    await people.move(ada, moved_to)
    token = await people.link(moved_to)
    assert (await people.post("email-changes/confirm", token=token)).status_code == 204
    back = await people.link(ada.email)
    assert (await people.post("email-changes/take-back", token=back)).status_code == 204
    stays = days > 0
    assert await people.query("select exists (select from second_factors where account_id = $1)", ada.id) == stays
    assert await people.lines(ada, "second_factor.removed") == ([] if stays else ["success"])
    token = await people.link(ada.email, 2)
    assert (await people.post("password-resets/complete", token=token, password=NEW)).status_code == 204
    assert (await people.sign_in(ada.email, NEW)).status_code == (401 if stays else 201)


async def moved_twice(people, ada) -> tuple[str, str]:
    """The ways back to the address between, which is the thief's, and to the owner's."""
    second = await moved(people, ada)
    await moved(people, type(ada)(second, ada.id, await people.session(second)))
    return await people.link(second, 2), await people.link(ada.email)


async def test_a_thief_who_moved_the_account_twice_cannot_take_it_back_again(people):
    ada = await people.join()
    thiefs, owners = await moved_twice(people, ada)
    assert (await people.post("email-changes/take-back", token=owners)).status_code == 204
    assert (await people.post("email-changes/take-back", token=thiefs)).status_code == 404
    assert await people.query("select email from accounts where id = $1", ada.id) == ada.email


async def test_the_first_owner_takes_the_account_back_after_a_thief_took_it_back(people):
    ada = await people.join()
    thiefs, owners = await moved_twice(people, ada)
    assert (await people.post("email-changes/take-back", token=thiefs)).status_code == 204
    assert (await people.post("email-changes/take-back", token=owners)).status_code == 204
    assert await people.query("select email from accounts where id = $1", ada.id) == ada.email


async def test_a_new_password_does_not_end_the_way_back(people):
    """A thief can choose one, too."""
    ada = await people.join()
    email = await moved(people, ada)
    back = await people.link(ada.email)
    await people.post("password-resets", email=email)
    token = await people.link(email, 2)
    assert (await people.post("password-resets/complete", token=token, password=NEW)).status_code == 204
    assert (await people.post("email-changes/take-back", token=back)).status_code == 204


async def test_an_address_that_is_anothers_by_now_is_not_taken_back(people):
    ada = await people.join()
    await moved(people, ada)
    back = await people.link(ada.email)
    await people.execute("insert into accounts (email, password_hash, version) values ($1, '$argon2id$', 1)", ada.email)
    answer = await people.post("email-changes/take-back", token=back)
    assert (answer.status_code, answer.json()["type"]) == (409, "email-taken")


async def test_a_locked_account_is_neither_moved_nor_taken_back(people):
    ada = await people.join()
    await moved(people, ada)
    back = await people.link(ada.email)
    await people.execute("update accounts set status = 'disabled' where id = $1", ada.id)
    assert (await people.post("email-changes/take-back", token=back)).status_code == 404
    bob = await people.join()
    await people.move(bob, email := people.address())
    token = await people.link(email)
    await people.execute("update accounts set status = 'disabled' where id = $1", bob.id)
    assert (await people.post("email-changes/confirm", token=token)).status_code == 404


async def test_an_address_is_verified_by_the_link_that_makes_the_account(people):
    email = people.address()
    await ask(people.service.client, email)
    made = await confirm(people.service.client, token_in(await mailed(people.mailbox, email)))
    assert await people.query("select email_verified_at is not null from accounts where email = $1", email)
    events = "select array_agg(type order by version) from outbox where aggregate_id = $1::text::uuid"
    assert await people.query(events, made.json()["id"]) == ["account.registered", "account.email_verified"]


async def test_without_a_mail_server_nothing_is_promised(people, bench, tmp_path):
    key_file = tmp_path / "key"
    key_file.write_bytes(bytes(32))
    async with running_app("identity", bench, key_encryption_key_file=key_file, smtp_url=None) as service:
        answer = await service.client.post("/api/v1/password-resets", json={"email": "ada@example.com"})
    assert (answer.status_code, answer.json()["type"]) == (503, "no-mail-server")

"""A lost password is replaced by whoever reads the mailbox of the account."""

from __future__ import annotations

import asyncio
import contextvars

import pytest

from chassis.testing import eventually
from chassis.values import uuid7
from identity.domain import mailed_links
from identity.jobs import forget_account_mails
from identity.tests.joining import PASSWORD, from_anywhere
from identity.tests.own_account.people import NEW

pytestmark = pytest.mark.asyncio(loop_scope="module")
_ROW = """
select row_to_json(m)::text from (
    select kind, account_id, ended_at, expires_at - created_at as lifetime from account_mails where email = $1
) m
"""


async def complete(people, token, password=NEW):
    return await people.post("password-resets/complete", token=token, password=password)


async def test_the_link_replaces_the_password_and_ends_all_sessions(people):
    ada = await people.join()
    asked = await people.post("password-resets", email=ada.email.upper())
    assert (asked.status_code, asked.json()) == (202, {"email": ada.email, "expires_in": 3_600})
    mail = await people.mail(ada.email)
    assert mail["Subject"] == "Choose a new password"
    token = await people.link(ada.email)
    assert await people.lives(ada.headers)
    assert (await complete(people, token)).status_code == 204
    assert not await people.lives(ada.headers)
    assert (await people.sign_in(ada.email)).status_code == 401
    assert (await people.sign_in(ada.email, NEW)).status_code == 201
    assert (await people.mail(ada.email, 2))["Subject"] == "Your password was changed"
    assert await people.lines(ada, "account.password_reset") == ["success"]
    assert (
        await people.query("select end_reason from sessions where account_id = $1 limit 1", ada.id) == "password_reset"
    )
    verified = "select count(*) from outbox where type = 'account.email_verified' and aggregate_id = $1"
    assert await people.query(verified, ada.id) == 1


async def test_whether_there_is_an_account_shows_neither_in_the_answer_nor_in_the_work(people):
    ada = await people.join(signed_in=False)
    locked = await people.join(signed_in=False)
    await people.execute("update accounts set status = 'disabled' where id = $1", locked.id)
    nobody, answers, rows = people.address(), [], []
    for email in (ada.email, locked.email, nobody):
        answer = await people.post("password-resets", email=email)
        head = {name: value for name, value in answer.headers.items() if name not in {"x-request-id", "date"}}
        answers.append((answer.status_code, answer.text.replace(email, "x"), {**head, "content-length": ""}))
        rows.append(await people.query(_ROW, email))
        await people.mail(email)
    assert answers[0] == answers[1] == answers[2]
    assert rows[0] == rows[1] == rows[2]
    assert (await people.mail(ada.email))["Subject"] == "Choose a new password"
    for email in (nobody, locked.email):
        mail = await people.mail(email)
        assert mail["Subject"] == "There is no account with this address"
        assert "#" not in mail.get_body(("plain",)).get_content()


async def test_five_at_once_use_a_link_once(people):
    ada = await people.join(signed_in=False)
    await people.post("password-resets", email=ada.email)
    token = await people.link(ada.email)
    answers = await asyncio.gather(*(complete(people, token, f"{NEW} {number}") for number in range(5)))
    assert sorted(answer.status_code for answer in answers) == [204, 404, 404, 404, 404]
    won = next(number for number, answer in enumerate(answers) if answer.status_code == 204)
    assert (await people.sign_in(ada.email, f"{NEW} {won}")).status_code == 201
    assert await people.lines(ada, "account.password_reset") == ["success"]


async def test_another_link_of_the_account_is_not_good_after_a_reset(people):
    ada = await people.join(signed_in=False)
    for number in (1, 2):
        await people.post("password-resets", email=ada.email)
        await people.mail(ada.email, number)
    assert (await complete(people, await people.link(ada.email, 2))).status_code == 204
    assert (await complete(people, await people.link(ada.email, 1), "yet another one")).status_code == 404


@pytest.mark.parametrize("what", ["made up", "of another key", "run out", "forgotten", "account locked", "other kind"])
async def test_a_link_that_is_not_good_changes_nothing(people, what):
    ada = await people.join()
    await people.post("password-resets", email=ada.email)
    token = await people.link(ada.email)
    if what == "made up":
        token = f"{token[:33]}{'A' * 43}"
    elif what == "of another key":
        token = mailed_links.make(bytes(32), uuid7())
    elif what == "account locked":
        await people.execute("update accounts set status = 'disabled' where id = $1", ada.id)
    elif what == "other kind":
        await people.move(ada, moved := people.address())
        token = await people.link(moved)
    else:
        back = "expires_at = expires_at - interval '2 days', created_at = created_at - interval '2 days'"
        await people.execute(f"update account_mails set {back} where email = $1", ada.email)
    if what == "forgotten":
        # A row that is being marked as mailed is passed over.
        sql = "select bool_and(mailed_at is not null) from account_mails where email = $1"
        await eventually(lambda: people.query(sql, ada.email), what="the mark of the mail")
        await forget_account_mails(people.service.ctx)
        assert await people.query("select count(*) from account_mails where email = $1", ada.email) == 0
    answer = await complete(people, token)
    assert (answer.status_code, answer.json()["type"]) == (404, "link-not-found")
    await people.execute("update accounts set status = 'active' where id = $1", ada.id)
    assert (await people.sign_in(ada.email)).status_code == 201


async def test_an_account_that_is_locked_while_its_link_is_used_keeps_its_password(people):
    """The lock of the account's row is waited for after the link was looked up."""
    ada = await people.join(signed_in=False)
    await people.post("password-resets", email=ada.email)
    token = await people.link(ada.email)
    waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
    async with people.service.ctx.db.write() as tx:
        await tx.execute("update accounts set status = 'disabled' where id = $1", ada.id)
        using = asyncio.get_running_loop().create_task(complete(people, token), context=contextvars.Context())
        await eventually(lambda: _is(tx.value(waiting), 1))
    assert (await using).status_code == 404
    assert await people.lines(ada, "account.password_reset") == []


async def _is(found, wanted) -> bool:
    return bool(await found == wanted)


@pytest.mark.parametrize("password", ["password123", "aaaaaaaaaa", "corvette"])
async def test_a_guessable_password_is_refused_and_the_link_stays_good(people, password):
    ada = await people.join(signed_in=False)
    await people.post("password-resets", email=ada.email)
    token = await people.link(ada.email)
    answer = await complete(people, token, password)
    assert (answer.status_code, answer.json()["type"]) == (422, "weak-password")
    assert (await complete(people, token)).status_code == 204


async def test_a_mailbox_gets_three_mails_an_hour_and_the_answer_stays_the_same(people):
    ada = await people.join(signed_in=False)
    answers = await asyncio.gather(*(people.post("password-resets", email=ada.email) for _ in range(8)))
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.text for answer in answers}) == 1
    assert await people.query("select count(*) from account_mails where email = $1", ada.email) == 3


async def test_many_made_up_links_from_an_address_are_limited_and_a_genuine_one_is_not(people):
    ada = await people.join(signed_in=False)
    await people.post("password-resets", email=ada.email)
    good, here = await people.link(ada.email), from_anywhere()
    made_up = mailed_links.make(bytes(32), uuid7())
    answers = [await people.post("password-resets/complete", here, token=made_up, password=NEW) for _ in range(24)]
    assert {answer.status_code for answer in answers} == {404, 429}
    written = (
        "select array_agg(distinct outcome) from audit_lines where action = 'account.password_reset' and ip = $1::inet"
    )
    assert sorted(await people.query(written, here["X-Forwarded-For"])) == ["failure", "limited"]
    answer = await people.post("password-resets/complete", here, token=good, password=NEW)
    assert answer.status_code == 204


async def test_a_mail_that_is_refused_for_good_holds_no_job(people):
    ada = await people.join(signed_in=False)
    people.mailbox.unknown.add(ada.email)
    await people.post("password-resets", email=ada.email)
    await eventually(lambda: _is(people.query("select count(*) from jobs"), 0))
    assert await people.query("select mailed_at is null from account_mails where email = $1", ada.email)


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("password-resets", {"email": "ada"}, "email"),
        ("password-resets", {"email": "ada@example.com\r\nBcc: eve@example.com"}, "email"),
        ("password-resets", {"email": "a@example.com", "password": PASSWORD}, "password"),
        ("password-resets/complete", {"token": "rubbish", "password": NEW}, "token"),
        ("password-resets/complete", {"token": "0" * 32 + "." + "A" * 43, "password": "short"}, "password"),
        ("password-resets/complete", {"token": "0" * 32 + "." + "A" * 43, "password": "with\x00zero"}, "password"),
    ],
)
async def test_bad_input_is_named(people, path, body, field):
    answer = await people.post(path, **body)
    assert (answer.status_code, answer.json()["type"]) == (422, "validation-error")
    assert answer.json()["errors"][0]["field"] == field

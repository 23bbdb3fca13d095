"""Asking for an account, and what is mailed then."""

from __future__ import annotations

import asyncio

import pytest

from chassis.testing import eventually, running_app
from chassis.testing.mailbox import Mailbox
from chassis.values import uuid7
from identity.tests.joining import PASSWORD, ask, confirm, from_anywhere, mailed, token_in

EMAIL = "ada@example.com"


def alike(answer) -> tuple:
    """All that an answer tells."""
    given = {name: value for name, value in answer.headers.items() if name not in {"x-request-id", "date"}}
    return answer.status_code, answer.json(), given


async def test_an_account_is_made_when_its_link_is_used_in_its_canonical_form(service, mailbox, query):
    asked = await ask(service.client, "ADA@Example.com")
    assert (asked.status_code, asked.json()) == (202, {"email": EMAIL, "expires_in": 86_400, "token": None})
    token = token_in(await mailed(mailbox, EMAIL))
    assert await query("select count(*) from accounts") == 0
    answer = await confirm(service.client, token, name=" Ada ")
    body = answer.json()
    assert answer.status_code == 201
    assert {name: body[name] for name in ("email", "name", "roles", "status")} == {
        "email": EMAIL,
        "name": "Ada",
        "roles": ["customer"],
        "status": "active",
    }
    assert await query("select data->>'account_id' from outbox where type = 'account.registered'") == body["id"]
    assert (await query("select password_hash from accounts")).startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert await query("select count(*) from audit_lines where action = 'account.registered'") == 1


async def test_the_answer_is_the_same_whether_or_not_there_is_an_account(service, mailbox, sign_up):
    await sign_up()
    new = await ask(service.client, "new@example.com")
    old = await ask(service.client, EMAIL)
    told = alike(old)
    assert told[0] == 202
    assert (told[0], {**told[1], "email": "new@example.com"}) == alike(new)[:2]
    assert {**told[2], "content-length": ""} == {**alike(new)[2], "content-length": ""}
    letter = await mailed(mailbox, EMAIL, 2)
    assert letter["From"] == "Mercat <shop@mercat.example>"
    assert letter["Subject"] == "You have an account already"
    text = letter.get_body(("plain",)).get_content()
    assert "http://localhost:8080/sign-in" in text
    assert "#" not in text
    assert (await mailed(mailbox, "new@example.com"))["Subject"] == "Confirm your address"


async def test_the_same_rows_are_written_with_and_without_an_account(service, mailbox, sign_up, query):
    """The time of an answer tells nothing when all that differs is done after it."""
    await sign_up()
    rows = []
    for email in (EMAIL, "new@example.com"):
        await ask(service.client, email)
        row = await query("select row_to_json(r) from registrations r where email = $1 order by id desc limit 1", email)
        rows.append({name: type(value) for name, value in row.items() if name != "mailed_at"})
    assert rows[0] == rows[1]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "ada"}, "email"),
        ({"email": "ada@example.com\x00"}, "email"),
        ({"email": "ada@example.com\r\nBcc: eve@example.com"}, "email"),
        ({"email": 5}, "email"),
        ({"roles": ["admin"]}, "roles"),
        # What a stranger would choose for the owner of an address.
        ({"password": PASSWORD}, "password"),
        ({"name": "Win a prize at evil.example"}, "name"),
    ],
)
async def test_bad_input_is_named_and_changes_nothing(service, query, change, field):
    answer = await service.client.post("/api/v1/accounts", json={"email": EMAIL, **change})
    assert (answer.status_code, answer.json()["type"]) == (422, "validation-error")
    assert answer.json()["errors"][0]["field"] == field
    assert await query("select count(*) from registrations") == 0


async def test_an_address_gets_at_most_three_mails_an_hour_and_ten_a_day(service, mailbox, query):
    """Many at once, from as many addresses: what is said is the same, and the mailbox is not flooded."""
    answers = await asyncio.gather(*(ask(service.client, EMAIL) for _ in range(12)))
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.text for answer in answers}) == 1
    assert await query("select count(*) from registrations") == 3
    for hours in range(1, 9):
        async with service.ctx.db.write() as tx:
            await tx.execute("update registrations set created_at = created_at - interval '1 hour 1 min'")
        for _ in range(4):
            assert (await ask(service.client, EMAIL)).status_code == 202
        assert await query("select count(*) from registrations") == min(3 + 3 * hours, 10)
    await eventually(lambda: query("select count(*) = 0 from jobs"))
    assert len(mailbox.to(EMAIL)) == 10
    assert (await ask(service.client, "bob@example.com")).status_code == 202
    await mailed(mailbox, "bob@example.com")


async def test_other_spellings_of_a_mailbox_are_not_written_to_more_often(service, query):
    """The great providers deliver all of these to one person."""
    for email in (EMAIL, "ada+1@example.com", "a.da@example.com", "A.D.A+2+3@example.com", "ada+@example.com"):
        assert (await ask(service.client, email)).status_code == 202
    assert await query("select count(*) from registrations") == 3
    await ask(service.client, "ada@other.example.com")
    assert await query("select count(*) from registrations") == 4


async def test_beyond_its_limit_an_address_waits(bench, key_file, mailbox):
    settings = {"key_encryption_key_file": key_file, "smtp_url": mailbox.url, "register_address_limit": "5/h"}
    async with running_app("identity", bench, **settings) as service:
        here = from_anywhere()
        for number in range(5):
            wish = {"email": f"ada{number}@example.com"}
            assert (await service.client.post("/api/v1/accounts", json=wish, headers=here)).status_code == 202
        answer = await service.client.post("/api/v1/accounts", json={"email": "x@example.com"}, headers=here)
        assert (answer.status_code, answer.json()["type"]) == (429, "rate-limited")
        async with service.ctx.db.read() as tx:
            assert await tx.value("select count(*) from registrations") == 5


class Refusing(Mailbox):
    async def handle_RCPT(self, *_: object) -> str:  # noqa: N802 -- aiosmtpd's name
        return "550 no such person"


async def test_addresses_that_take_no_mail_leave_no_held_jobs(bench, key_file):
    """Anybody may type them, and an operator would have to look at each."""
    with Refusing().open() as box:
        async with running_app("identity", bench, key_encryption_key_file=key_file, smtp_url=box.url) as service:
            await ask(service.client, EMAIL)

            async def jobs() -> list[bool]:
                async with service.ctx.db.read() as tx:
                    return await tx.value("select coalesce(array_agg(held_at is not null), '{}') from jobs")

            await eventually(lambda: _ended(jobs), 60, "the job's end")
            assert await jobs() == []


async def _ended(jobs) -> bool:
    return all(await jobs())


async def test_a_mail_that_was_refused_is_sent_later_and_once(service, mailbox, query):
    mailbox.refuse = 1
    await ask(service.client, EMAIL)
    mail = await mailed(mailbox, EMAIL)
    await eventually(lambda: query("select count(*) = 0 from jobs"))
    assert await query("select count(*) from registrations where mailed_at is not null") == 1
    registration_id = await query("select id from registrations")
    from identity.usecases.mail_registration import mail_registration

    await mail_registration(service.ctx, registration_id)  # the job of a process that died is done again
    await mail_registration(service.ctx, uuid7())
    assert mailbox.to(EMAIL) == [mail]


async def test_without_a_mail_server_registration_is_refused_with_the_reason(bench, key_file):
    async with running_app("identity", bench, key_encryption_key_file=key_file) as service:
        answer = await ask(service.client, EMAIL)
        assert (answer.status_code, answer.json()["type"]) == (503, "mail-not-configured")
        async with service.ctx.db.read() as tx:
            assert await tx.value("select count(*) from registrations") == 0


async def test_a_store_without_mail_can_create_accounts_at_once(bench, key_file):
    settings = {"key_encryption_key_file": key_file, "accounts_confirmed_by_mail": False}
    async with running_app("identity", bench, **settings) as service:
        first = await ask(service.client, EMAIL)
        assert (await confirm(service.client, first.json()["token"])).status_code == 201
        again = await ask(service.client, EMAIL)
        assert again.status_code == first.status_code == 202
        assert again.json().keys() == first.json().keys()
        assert (await confirm(service.client, again.json()["token"])).json()["type"] == "email-taken"
        assert (await ask(service.client, EMAIL)).status_code == 202
        limited = await ask(service.client, EMAIL)
        assert (limited.status_code, limited.headers["retry-after"]) == (429, "3600")


async def test_a_signed_in_person_reads_their_account(service, sign_up, sign_in):
    account = await sign_up()
    session = await sign_in()
    answer = await service.client.get("/api/v1/accounts/me", headers=session["headers"])
    assert (answer.status_code, answer.json()) == (200, account)
    assert answer.headers["cache-control"] == "no-store"


async def test_without_a_valid_token_the_account_is_401(service):
    assert (await service.client.get("/api/v1/accounts/me")).status_code == 401
    forged = service.token(uuid7())  # signed by a key that is not identity's
    assert (await service.client.get("/api/v1/accounts/me", headers=forged)).status_code == 401

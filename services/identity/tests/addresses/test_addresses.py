"""The address book of an account."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest
import pytest_asyncio

from chassis.testing import running_app
from chassis.testing.mailbox import Mailbox
from identity.addresses.store import MOST
from identity.tests.own_account.people import People

pytestmark = pytest.mark.asyncio(loop_scope="module")
PATH = "/api/v1/accounts/me/addresses"
HOME = {
    "country": "GB",
    "name": "Ada Lovelace",
    "line1": "12 St James's Square",
    "city": "London",
    "postal_code": "SW1Y 4LE",
}


class Book:
    """One person's."""

    def __init__(self, service, person):
        self.service, self.id, self.headers = service, person.id, person.headers

    async def ask(self, method, path="", body=None, key=""):
        headers = {**self.headers, "Idempotency-Key": key or str(uuid4())}
        return await self.service.client.request(method, f"{PATH}{path}", json=body, headers=headers)

    async def add(self, key="", **more):
        return await self.ask("POST", body={**HOME, **more}, key=key)

    async def items(self):
        return (await self.ask("GET")).json()["items"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def book_of(bench, tmp_path_factory):
    key_file = tmp_path_factory.mktemp("books") / "key"
    key_file.write_bytes(bytes(32))
    async with running_app("identity", bench, key_encryption_key_file=key_file) as service:
        people = People(service, Mailbox())

        async def new():
            return Book(service, await people.join())

        yield new


async def test_an_address_is_kept_as_it_was_written(book_of):
    book = await book_of()
    added = await book.add(line2=" ", phone="+44 20 7946 0958")
    body = added.json()
    assert added.status_code == 201, added.text
    assert added.headers["location"] == f"{PATH}/{body['id']}"
    assert body | HOME == body
    assert (body["line2"], body["phone"], body["default_shipping"]) == (None, "+44 20 7946 0958", False)
    assert await book.items() == [body]
    changed = await book.ask("PUT", f"/{body['id']}", {**HOME, "city": "Leeds"})
    assert (changed.status_code, changed.json()["city"], changed.json()["phone"]) == (200, "Leeds", None)
    assert (await book.ask("DELETE", f"/{body['id']}")).status_code == 204
    assert (await book.ask("DELETE", f"/{body['id']}")).status_code == 204
    assert await book.items() == []


async def test_anothers_address_is_neither_seen_nor_changed(book_of):
    ada, eve = await book_of(), await book_of()
    mine = (await ada.add()).json()
    assert await eve.items() == []
    assert (await eve.ask("PUT", f"/{mine['id']}", HOME)).status_code == 404
    assert (await eve.ask("DELETE", f"/{mine['id']}")).status_code == 204
    assert await ada.items() == [mine]


async def test_the_one_that_was_written_last_is_the_default(book_of):
    book = await book_of()
    first = (await book.add(default_shipping=True, default_billing=True)).json()
    second = (await book.add(default_shipping=True)).json()
    found = {each["id"]: (each["default_shipping"], each["default_billing"]) for each in await book.items()}
    assert found == {first["id"]: (False, True), second["id"]: (True, False)}
    await book.ask("PUT", f"/{first['id']}", {**HOME, "default_shipping": True})
    found = {each["id"]: (each["default_shipping"], each["default_billing"]) for each in await book.items()}
    assert found == {first["id"]: (True, False), second["id"]: (False, False)}


async def test_defaults_that_are_set_at_once_leave_one(book_of):
    book = await book_of()
    answers = await asyncio.gather(*(book.add(default_shipping=True, default_billing=True) for _ in range(6)))
    assert {answer.status_code for answer in answers} == {201}
    found = await book.items()
    assert [sum(each[name] for each in found) for name in ("default_shipping", "default_billing")] == [1, 1]


async def test_a_book_holds_twenty_also_when_many_write_at_once(book_of):
    book = await book_of()
    answers = await asyncio.gather(*(book.add() for _ in range(MOST + 4)))
    assert sorted(answer.status_code for answer in answers) == [201] * MOST + [409] * 4
    full = next(answer.json() for answer in answers if answer.status_code == 409)
    assert full["type"] == "too-many-addresses"
    assert len(await book.items()) == MOST


async def test_a_request_that_is_sent_twice_adds_one_address(book_of):
    book, key = await book_of(), str(uuid4())
    first = await book.add(key)
    again = await book.add(key)
    assert (first.text, again.headers["idempotent-replayed"]) == (again.text, "true")
    assert len(await book.items()) == 1


async def test_an_addition_that_died_before_its_answer_was_kept_is_not_made_again(book_of):
    book, key = await book_of(), str(uuid4())
    first = await book.add(key)
    async with book.service.ctx.db.write() as tx:
        await tx.execute(
            "update idempotency set status = null, headers = null, body = null, claimed_until = now() where key = $1",
            key,
        )
    again = await book.add(key)
    assert (again.status_code, again.json()) == (201, first.json())
    assert len(await book.items()) == 1


async def test_an_account_that_is_gone_has_no_book(book_of):
    """Its token may be valid for some minutes."""
    book = await book_of()
    async with book.service.ctx.db.write() as tx:
        await tx.execute("delete from accounts where id = $1", book.id)
    assert (await book.add()).status_code == 404
    assert await book.items() == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"country": "gb"}, "country"),
        ({"name": "two\nlines"}, "name"),
        ({"name": "win.example.com/prize"}, "name"),
        ({"line1": ""}, "line1"),
        ({"line1": "x" * 201}, "line1"),
        ({"city": "with\x00zero"}, "city"),
        ({"postal_code": "1" * 17}, "postal_code"),
        ({"phone": 5}, "phone"),
        ({"default_billing": None}, "default_billing"),
        ({"account_id": "x"}, "account_id"),
    ],
)
async def test_bad_input_is_named_and_changes_nothing(book_of, change, field):
    book = await book_of()
    answer = await book.add(**change)
    assert (answer.status_code, answer.json()["type"]) == (422, "validation-error")
    assert answer.json()["errors"][0]["field"] == field
    assert await book.items() == []

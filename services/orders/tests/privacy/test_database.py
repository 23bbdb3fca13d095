"""The database lets the erasure through and nothing else; documents stay as they were until their end."""

from __future__ import annotations

import asyncpg
import pytest

from orders.privacy.domain.person import Person as Erased
from orders.privacy.usecases.end_documents import end_documents
from orders.privacy.usecases.erase_person import erase_person
from orders.tests.privacy.person import Person, Town

pytestmark = pytest.mark.asyncio(loop_scope="package")
_ANY = "update order_events set data = '{\"reference\": \"x\"}' where order_id = $1 and kind = 'mail_sent_again'"


@pytest.mark.parametrize(
    "sql",
    [
        "update orders set erased_at = now() where id = $1",
        "update orders set account_id = null where id = $1",
        "update orders set email = erased_email(), account_id = null, erased_at = now() where id = $1",
        _ANY,
        "delete from order_events where order_id = $1",
        "update cancellations set note = '(erased)' where order_id = $1",
        "update documents set kept_until = '2099-01-01' where order_id = $1",
        "update documents set content = erased_content(content) where order_id = $1",
        "delete from documents where order_id = $1",
    ],
)
async def test_the_database_lets_nothing_through_but_the_erasure(town: Town, sql: str) -> None:
    person = await _settled(town)
    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        await town.execute(sql, person.order_id)


@pytest.mark.parametrize(
    "sql",
    [
        "update orders set email = 'ada@example.com' where id = $1",
        "update orders set account_id = uuidv7() where id = $1",
        "update orders set erased_at = null where id = $1",
        _ANY,
        "update order_events set kind = 'paid' where order_id = $1",
        "update documents set kept_until = '2099-01-01' where order_id = $1",
        "update documents set content = erased_content(content) where order_id = $1",
        "update documents set total = total + 1 where order_id = $1",
        "delete from documents where order_id = $1",
    ],
)
async def test_what_is_erased_stays_so(town: Town, sql: str) -> None:
    person = await _settled(town, erased=True)
    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        await town.execute(sql, person.order_id)


_people: dict[bool, Person] = {}


async def _settled(town: Town, *, erased: bool = False) -> Person:
    """One for all tests that change nothing."""
    if erased not in _people:
        _people[erased] = person = await town.person(account=True)
        if erased:
            assert await erase_person(town.service.ctx, Erased(account_id=person.account_id)) == 1
    return _people[erased]


async def test_a_document_is_read_by_staff_as_it_was_until_its_end_and_then_without_its_buyer(town: Town) -> None:
    person = await town.person()
    await erase_person(town.service.ctx, Erased(order_ids=(person.order_id,)))
    sql = "select id, kept_until, issued_on, content from documents where order_id = $1"
    document = await town.row(sql, person.order_id)
    assert document["kept_until"].year == document["issued_on"].year + 11
    assert person.word in str(document["content"])
    path = f"/api/v1/admin/orders/{person.order_id}/documents/{document['id']}.pdf"
    assert (await town.service.client.get(path, headers=town.staff)).status_code == 200
    read = "select count(*) from audit_lines where action = 'order.document_read' and object = $1"
    assert await town.value(read, f"order:{person.order_id}") == 1
    await end_documents(town.service.ctx)
    assert person.word in str((await town.row(sql, person.order_id))["content"])
    connection = await asyncpg.connect(town.service.db_owner_url)
    try:
        # The days of ten years: the trigger is told that it was sealed long ago.
        await connection.execute("alter table documents disable trigger documents_stay")
        await connection.execute(
            "update documents set kept_until = current_date - 1 where order_id = $1", person.order_id
        )
        await connection.execute("alter table documents enable trigger documents_stay")
    finally:
        await connection.close()
    await end_documents(town.service.ctx)
    ended = (await town.row(sql, person.order_id))["content"]
    assert person.word not in str(ended)
    assert ended["total"] == document["content"]["total"]
    assert (await town.service.client.get(path, headers=town.staff)).status_code == 200

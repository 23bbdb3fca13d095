"""What staff wrote about a person goes with them; what a person did as staff stays, and names them no more."""

from __future__ import annotations

import pytest

from chassis.values import uuid7
from identity.privacy.store import person
from identity.tests.privacy.erasing import ask, go_on, state

pytestmark = pytest.mark.asyncio(loop_scope="module")

_NOTE = "insert into account_notes (id, account_id, place, body, author) values (uuidv7(), $1, $2, $3, $4)"


async def group(people, name, members, added_by):
    group_id = uuid7()
    await people.execute(
        "insert into account_groups (id, place, name)"
        " select $1, coalesce(max(place), 0) + 1, $2 from account_groups", group_id, name,
    )  # fmt: skip
    for each in members:
        sql = "insert into account_group_members (group_id, account_id, added_by) values ($1, $2, $3)"
        await people.execute(sql, group_id, each.id, added_by.id)
    return group_id


async def test_what_staff_wrote_about_a_person_goes_and_what_the_person_wrote_as_staff_names_nobody(
    people, others, monkeypatch
):
    ada, bob, eve = [await people.join() for _ in range(3)]
    await people.execute(_NOTE, ada.id, 1, "about Ada", bob.id)
    for place in (1, 2, 3):
        await people.execute(_NOTE, bob.id, place, "about Bob", ada.id)
    await people.execute(_NOTE, eve.id, 1, "about Eve", bob.id)
    mixed = await group(people, "Mixed", [ada, bob, eve], ada)
    await group(people, "Others", [eve], bob)
    monkeypatch.setattr("identity.privacy.usecases.erase._NAMED_AT_ONCE", 2)
    assert (await ask(people, ada)).status_code == 202
    for _ in range(2):
        await go_on(people, ada.id)
    assert await state(people, ada) == "erased"
    sql = "select array_agg(body || ' by ' || author order by body, place) from account_notes"
    sql += " where account_id = any($1)"
    about_bob = f"about Bob by {person.NOBODY}"
    assert await people.query(sql, [ada.id, bob.id, eve.id]) == [*[about_bob] * 3, f"about Eve by {bob.id}"]
    sql = "select array_agg(account_id order by account_id) from account_group_members where added_by = $1"
    assert await people.query(sql, person.NOBODY) == sorted([bob.id, eve.id])
    assert await people.query(sql, bob.id) == [eve.id]
    assert await people.query("select members from account_groups where id = $1", mixed) == 2


async def test_notes_groups_and_language_are_in_the_export_and_what_is_about_others_is_not(people, others):
    ada, bob = await people.join(signed_in=False), await people.join(signed_in=False)
    await people.execute("update accounts set language = 'de' where id = $1", ada.id)
    await people.execute(_NOTE, ada.id, 1, "prefers a call", bob.id)
    await people.execute(_NOTE, bob.id, 1, "prefers a letter", ada.id)
    mine = await group(people, "Mine", [ada], bob)
    await group(people, "Of Bob", [bob], ada)
    async with people.service.ctx.db.read() as tx:
        found = {table: await person.rows(tx, table, ada.id, None) for table in person.TABLES}
    assert found["accounts"][0]["language"] == "de"
    assert [(each["body"], each["author"]) for each in found["account_notes"]] == [("prefers a call", str(bob.id))]
    assert [each["group_id"] for each in found["account_group_members"]] == [str(mine)]


async def test_the_export_does_not_tell_from_where_staff_acted(people, others):
    ada, bob = await people.join(), await people.join(signed_in=False)
    sql = "insert into audit_lines (action, outcome, object, actor_id, session_id, ip)"
    sql += " values ($1, 'success', $2, $3, $3, $4)"
    for action, actor, ip in (
        ("test.own", ada.id, "198.51.100.1"),
        ("test.staff", bob.id, "198.51.100.2"),
        ("test.guess", None, "198.51.100.3"),
    ):
        await people.execute(sql, action, f"account:{ada.id}", actor, ip)
    async with people.service.ctx.db.read() as tx:
        lines = await person.rows(tx, "audit_lines", ada.id, None)
    told = {line["action"]: (line["session_id"], line["ip"]) for line in lines if line["action"].startswith("test.")}
    own = (str(ada.id), "198.51.100.1")
    assert told == {"test.own": own, "test.staff": (None, None), "test.guess": (None, "198.51.100.3")}


async def test_the_rights_of_a_member_of_staff_end_with_the_lock_so_that_their_api_keys_do(people, others):
    ada, bob = await people.join(), await people.join()
    await people.execute("update accounts set roles = '{customer,support}' where id = $1", ada.id)
    ada = type(ada)(ada.email, ada.id, await people.session(ada.email))
    for each in (ada, bob):
        assert (await ask(people, each)).status_code == 202
        await go_on(people, each.id)
        assert await state(people, each) == "begun"
    sql = "select array_agg(type order by id) from outbox where aggregate_id = $1 and type = 'account.rights_changed'"
    assert await people.query(sql, ada.id) == ["account.rights_changed"]
    assert await people.query(sql, bob.id) is None

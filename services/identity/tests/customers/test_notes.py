"""Notes about accounts: by whom, when, how many, and who may read and write them."""

from __future__ import annotations

import asyncio
import json

from chassis.values import uuid7


async def test_notes_are_written_read_and_deleted_by_staff_with_their_author_and_time(ask, boss, add_account, query):
    ada, key = await add_account("ada@example.com"), str(uuid7())
    first = await ask("POST", f"/{ada}/notes", {"body": " Prefers a call "}, key)
    again = await ask("POST", f"/{ada}/notes", {"body": " Prefers a call "}, key)
    assert (first.status_code, again.content) == (201, first.content)
    note = first.json()
    assert (note["body"], note["author"]) == ("Prefers a call", boss["account"]["id"])
    await ask("POST", f"/{ada}/notes", {"body": "Moved\nto Bath"})
    found = (await ask("GET", f"/{ada}/notes")).json()["items"]
    assert [each["body"] for each in found] == ["Moved\nto Bath", "Prefers a call"]
    assert found[1] == note
    path = f"/{ada}/notes/{note['id']}"
    assert (await ask("DELETE", f"/{uuid7()}/notes/{note['id']}")).status_code == 204
    assert len((await ask("GET", f"/{ada}/notes")).json()["items"]) == 2
    assert [(await ask("DELETE", path)).status_code for _ in range(2)] == [204, 204]
    assert len((await ask("GET", f"/{ada}/notes")).json()["items"]) == 1
    lines = "select array_agg(action order by id) from audit_lines where object = $1 and action like 'account.note%'"
    read, added = "account.notes_read", "account.note_added"
    assert await query(lines, f"account:{ada}") == [added, added, read, read, "account.note_deleted", read]
    assert "Bath" not in json.dumps(await query("select array_agg(to_jsonb(audit_lines)::text) from audit_lines"))


async def test_an_account_has_a_hundred_notes_at_most_however_many_are_written_at_once(
    ask, add_account, service, query
):
    ada = await add_account("ada@example.com")
    async with service.ctx.db.write() as tx:
        await tx.execute(
            "insert into account_notes (id, account_id, place, body, author)"
            " select uuidv7(), $1, n, 'x', uuidv7() from generate_series(1, 97) as n",
            ada,
        )
    answers = await asyncio.gather(*(ask("POST", f"/{ada}/notes", {"body": "one more"}) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] * 3 + [409] * 5
    refused = next(answer.json() for answer in answers if answer.status_code == 409)
    assert (refused["type"], refused["limit"]) == ("too-many-account-notes", 100)
    assert await query("select count(*) from account_notes") == 100
    async with service.ctx.db.write() as tx:
        await tx.execute("delete from accounts where id = $1", ada)
    assert await query("select count(*) from account_notes") == 0


async def test_what_is_wrong_is_named_and_nothing_is_written(ask, add_account, query):
    ada = await add_account("ada@example.com")
    for body, field in (
        ({"body": ""}, "body"),
        ({"body": "a\x00b"}, "body"),
        ({"body": "x" * 5001}, "body"),
        ({"body": ["x"]}, "body"),
        ({}, "body"),
        ({"body": "x", "author": str(uuid7())}, "author"),
    ):
        answer = await ask("POST", f"/{ada}/notes", body)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field), body
    for account, status in ((str(uuid7()), 404), ("nobody", 422)):
        assert (await ask("GET", f"/{account}/notes")).status_code == status
        assert (await ask("POST", f"/{account}/notes", {"body": "x"})).status_code == status
    assert await query("select count(*) from account_notes") == 0


async def test_who_may_not_read_accounts_sees_no_notes(service, ask, add_account, sign_up, sign_in):
    ada = await add_account("ada@example.com")
    await sign_up("eve@example.com")
    eve = (await sign_in("eve@example.com"))["headers"]
    for path in (f"/{ada}", f"/{ada}/notes", "/groups", ""):
        answer = await service.client.get(f"/api/v1/admin/accounts{path}", headers=eve)
        assert answer.status_code == 403, path
        assert (await service.client.get(f"/api/v1/admin/accounts{path}")).status_code == 401, path
    headers = {**eve, "Idempotency-Key": str(uuid7())}
    answer = await service.client.post(f"/api/v1/admin/accounts/{ada}/notes", json={"body": "x"}, headers=headers)
    assert answer.status_code == 403

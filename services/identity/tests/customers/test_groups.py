"""Groups of customers, and the list of accounts by group and by words."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import pytest

from chassis.values import uuid7
from identity.customers.usecases import save_group

WHOLESALE = {"name": "Wholesale", "about": "Buys by the crate"}


async def emails(ask: Any, **query: Any) -> list[str]:
    answer = await ask("GET", **query)
    assert answer.status_code == 200, answer.text
    return [each["email"] for each in answer.json()["items"]]


async def members(query: Any) -> list[tuple[int, int]]:
    """Of each group, the number that it shows and the true one."""
    sql = """
    select coalesce(array_agg(array[members, (select count(*) from account_group_members where group_id = g.id)]), '{}')
    from account_groups g
    """
    return [tuple(pair) for pair in await query(sql)]


async def test_accounts_are_listed_by_group_and_by_words(ask, add_account):
    ada = await add_account("ada@example.com", "Ada Lovelace")
    await add_account("andré.ampère@example.org", "André-Marie Ampère")
    await add_account("grace@navy.example")
    group = (await ask("POST", "/groups", WHOLESALE)).json()
    assert (await ask("PUT", f"/groups/{group['id']}/members/{ada}")).status_code == 204
    assert await emails(ask, group=group["id"]) == ["ada@example.com"]
    assert await emails(ask, group=str(uuid7())) == []
    assert await emails(ask, text="LOVELACE ada") == ["ada@example.com"]
    assert await emails(ask, text="ampere") == ["andré.ampère@example.org"]
    assert await emails(ask, text="navy.example") == ["grace@navy.example"]
    assert await emails(ask, text="ada navy") == []
    assert await emails(ask, text="%") == []
    assert await emails(ask, text="ada", group=group["id"], email="ada@example.com") == ["ada@example.com"]
    assert await emails(ask, text="ada", staff="true") == []
    page = (await ask("GET", text="example", limit=1)).json()
    assert [each["email"] for each in page["items"]] == ["grace@navy.example"]
    assert len((await ask("GET", text="example", cursor=page["next_cursor"])).json()["items"]) == 3
    shown = (await ask("GET", f"/{ada}")).json()
    assert (shown["email"], [each["name"] for each in shown["groups"]]) == ("ada@example.com", ["Wholesale"])
    assert (await ask("GET", f"/{uuid7()}")).status_code == 404
    for name, value in {"text": "a\x00", "group": "wholesale"}.items():
        assert (await ask("GET", **{name: value})).json()["errors"][0]["field"] == f"query.{name}"


async def test_a_group_is_made_once_changed_by_version_and_deleted(ask, add_account, query):
    key = str(uuid7())
    made = await ask("POST", "/groups", WHOLESALE, key)
    assert (made.status_code, (await ask("POST", "/groups", WHOLESALE, key)).content) == (201, made.content)
    for body in ({"name": "WHOLESALE"}, {"name": " wholesale "}):
        taken = await ask("POST", "/groups", body)
        assert (taken.status_code, taken.json()["type"]) == (409, "group-name-taken")
    other = (await ask("POST", "/groups", {"name": "Press"})).json()
    path, change = f"/groups/{made.json()['id']}", {"name": "Resale", "about": None, "version": 1}
    answers = await asyncio.gather(*(ask("PUT", path, change) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    refused = next(answer.json() for answer in answers if answer.status_code == 409)
    assert (refused["type"], refused["version"]) == ("group-changed", 2)
    taken = await ask("PUT", f"/groups/{other['id']}", {**change, "name": "RESALE"})
    assert taken.json()["type"] == "group-name-taken"
    assert (await ask("PUT", f"/groups/{uuid7()}", change)).status_code == 404
    assert [each["name"] for each in (await ask("GET", "/groups")).json()["items"]] == ["Press", "Resale"]
    await ask("PUT", f"{path}/members/{await add_account('ada@example.com')}")
    assert [(await ask("DELETE", path)).status_code for _ in range(2)] == [204, 204]
    assert await query("select count(*) from account_group_members") == 0
    assert await query("select count(*) from accounts") == 2
    gone = "select before::text from audit_lines where action = 'group.deleted'"
    assert await query(gone) == '{"name": "Resale", "members": 1}'


async def test_the_number_of_members_is_right_whatever_happens_at_once(ask, add_account, service, query):
    group = (await ask("POST", "/groups", WHOLESALE)).json()["id"]
    people = [await add_account(f"{number}@example.com") for number in range(6)]
    added = [ask("PUT", f"/groups/{group}/members/{each}") for each in people * 3]
    assert {answer.status_code for answer in await asyncio.gather(*added)} == {204}
    assert await members(query) == [(6, 6)]
    joined = "select count(*) from audit_lines where action = 'account.group_joined'"
    assert await query(joined) == 6

    async def end(account_id: str) -> None:
        async with service.ctx.db.write() as tx:
            await tx.execute("delete from accounts where id = $1", account_id)

    removed = [ask("DELETE", f"/groups/{group}/members/{each}") for each in people[:3] * 2]
    await asyncio.gather(*removed, *(end(each) for each in people[2:4]), return_exceptions=True)
    shown, true = (await members(query))[0]
    assert (shown, true) == (2, 2)
    assert (await ask("PUT", f"/groups/{group}/members/{people[3]}")).status_code == 404
    assert (await ask("PUT", f"/groups/{uuid7()}/members/{people[4]}")).status_code == 404


async def test_groups_and_their_members_are_bounded_by_the_database(ask, add_account, service, query):
    async with service.ctx.db.write() as tx:
        await tx.execute(
            "insert into account_groups (id, place, name)"
            " select uuidv7(), n, 'group ' || n from generate_series(1, 198) as n"
        )
    answers = await asyncio.gather(*(ask("POST", "/groups", {"name": f"new {number}"}) for number in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 201, 409, 409, 409]
    refused = next(answer.json() for answer in answers if answer.status_code == 409)
    assert (refused["type"], refused["limit"]) == ("too-many-groups", 200)
    group = next(answer.json()["id"] for answer in answers if answer.status_code == 201)
    async with service.ctx.db.write() as tx:
        await tx.execute("update account_groups set members = 9999 where id = $1", group)
    people = [await add_account(f"{number}@example.com") for number in range(4)]
    put = await asyncio.gather(*(ask("PUT", f"/groups/{group}/members/{each}") for each in people))
    assert sorted(answer.status_code for answer in put) == [204, 409, 409, 409]
    assert {answer.json()["type"] for answer in put if answer.status_code == 409} == {"group-full"}
    assert await query("select count(*) from account_group_members") == 1


async def test_what_is_wrong_is_named_and_makes_no_group(ask, query):
    for body, field in (
        ({"name": ""}, "name"),
        ({"name": "x" * 61}, "name"),
        ({"name": "a\u202eb"}, "name"),
        ({"name": "x", "about": "y" * 201}, "about"),
        ({"name": "x", "members": 3}, "members"),
        ([], "body"),
    ):
        answer = await ask("POST", "/groups", body)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field), body
    for version in (0, 2**53, "1", True, None):
        answer = await ask("PUT", f"/groups/{uuid7()}", {**WHOLESALE, "version": version})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "version"), version
    assert await query("select count(*) from account_groups") == 0


async def test_another_fault_of_the_database_is_not_taken_for_a_name(service):
    with pytest.raises(asyncpg.UniqueViolationError), save_group._name_is_free():
        async with service.ctx.db.write() as tx:
            await tx.execute(
                "insert into account_groups (id, place, name) values (uuidv7(), 1, 'x'), (uuidv7(), 1, 'y')"
            )

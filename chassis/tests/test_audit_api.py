"""The audit log as staff read it by the API: filtered, by pages, and with what its chain shows."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from chassis import audit
from chassis.auth import Principal
from chassis.ops import audit_lines, chain_parts
from chassis.testing import eventually, hold_work
from chassis.tests.ops_support import hello_with_operations
from chassis.tests.test_audit_chain import chained, tamper
from chassis.values import uuid7
from chassis.web import pagination

PATH = "/api/v1/admin/audit/hello"
ADA = Principal(uuid7(), uuid7(), frozenset(), ("support",), 1)


@pytest.fixture
async def service(bench):
    async with hello_with_operations(bench) as service:
        await hold_work(service.ctx.db, "chassis.chain_audit")
        yield service


@pytest.fixture
async def owner(service):
    connection = await asyncpg.connect(service.db_owner_url)
    yield connection
    await connection.close()


@pytest.fixture
def ask(service):
    headers = service.token(uuid7(), ("audit:read",))

    async def ask(path: str = "", **query):
        return await service.client.get(f"{PATH}{path}", params=query, headers=headers)

    return ask


async def write(service, *things: str, action: str = "thing.done", who: Principal | None = ADA) -> None:
    async with service.ctx.db.write() as tx:
        for thing in things:
            await audit.record(tx, action, thing, who=who, before={"price": 1}, after={"price": 2})


async def test_lines_are_found_by_time_actor_object_and_action_and_each_reading_is_one(service, ask):
    await write(service, "thing:1", "thing:2")
    await write(service, "thing:1", action="thing.ended", who=None)
    (line, *_), found = await _items(ask, object="thing:1"), await _items(ask, actor=str(ADA.account_id))
    assert (line["action"], line["actor_id"], line["before"], line["chain"]) == (
        "thing.ended",
        None,
        {"price": 1},
        "not-yet",
    )
    assert [each["object"] for each in found] == ["thing:2", "thing:1"]
    assert found[0]["roles"] == ["support"]
    assert len(await _items(ask, object="thing:1", action="thing.done")) == 1
    moment = found[0]["occurred_at"]
    assert await _items(ask, action="thing.done", until=moment) == []
    assert len(await _items(ask, action="thing.done", since=moment)) == 2
    readings = await _items(ask, action="audit.read")
    assert (len(readings), readings[0]["after"]) == (
        5,
        {"asked": {"action": "thing.done", "since": _stored(moment)}, "lines": 2},
    )


async def test_pages_hold_each_line_once_though_lines_are_added(service, ask):
    await write(service, *(f"thing:{number}" for number in range(7)))
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await ask(limit=3, action="thing.done", **cursor)).json()
        seen += [each["object"] for each in page["items"]]
        await write(service, "thing:new")
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == [f"thing:{number}" for number in reversed(range(7))]


async def test_it_needs_its_right_and_refuses_what_is_wrong_by_name(service, ask):
    for path in ("", "/chain"):
        assert (await service.client.get(f"{PATH}{path}")).status_code == 401
        other = service.token(uuid7(), ("accounts:read",))
        assert (await service.client.get(f"{PATH}{path}", headers=other)).status_code == 403
        assert (await ask(path, cursor="nonsense")).json()["errors"][0]["field"] == "query.cursor"
    for name, value in {
        "since": "yesterday",
        "until": "0001-01-01T00:00:00Z",
        "actor": "ada",
        "object": "a\x00b",
        "action": "DROP TABLE",
        "limit": "101",
        "ip": "203.0.113.7",
    }.items():
        answer = await ask(**{name: value})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, f"query.{name}"), name


async def test_a_search_that_takes_too_long_says_what_to_do(ask, owner, monkeypatch):
    monkeypatch.setattr(audit_lines, "_SELECT", f"{audit_lines._SELECT} and (select true from pg_sleep(60))\n")
    search = asyncio.create_task(ask())
    running = "select pg_cancel_backend(pid) from pg_stat_activity where query ~ 'pg_sleep' and pid <> pg_backend_pid()"
    await eventually(lambda: owner.fetchval(running), what="the search")
    answer = await search
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "query.since")


async def test_what_was_changed_is_told_by_its_line_and_by_the_chain(service, ask, owner, monkeypatch):
    monkeypatch.setattr(chain_parts, "AT_ONCE", 3)
    empty = (await ask("/chain")).json()
    assert (empty["holds"], empty["last"], empty["head"], empty["next_cursor"]) == (True, None, None, None)
    await write(service, *(f"thing:{number}" for number in range(1, 8)))
    await chained(service)
    assert {each["chain"] for each in await _items(ask, action="thing.done")} == {"as-written"}
    assert await _parts(ask) == [(5, 7, []), (2, 4, []), (1, 1, [])]
    await tamper(owner, "update audit_lines set after = null where object = 'thing:3'")
    by_thing = {each["object"]: each["chain"] for each in await _items(ask, action="thing.done")}
    assert [name for name, state in by_thing.items() if state == "changed"] == ["thing:3"]
    assert await _parts(ask) == [
        (5, 7, []),
        (2, 4, ["the line of place 3 is not as it was written"]),
        (1, 1, []),
    ]


async def test_what_was_removed_is_told(service, ask, owner, monkeypatch):
    monkeypatch.setattr(chain_parts, "AT_ONCE", 3)
    await write(service, *(f"thing:{number}" for number in range(1, 8)))
    await chained(service)
    await tamper(owner, "delete from audit_lines where object = 'thing:6'")
    await tamper(owner, "delete from audit_chain where position between 1 and 4", "audit_chain")
    assert await _parts(ask) == [(5, 7, ["places 1 to 4 are gone", "the line of place 6 is gone"])]
    at = {place: {"cursor": pagination.encode((place,))} for place in (4, 6)}
    assert (await ask("/chain", **at[4])).json()["faults"] == ["places 2 to 4 are gone"]
    await tamper(owner, "delete from audit_chain where position = 6", "audit_chain")
    assert (await ask("/chain", **at[6])).json()["faults"] == ["places 1 to 4 are gone", "places 6 to 6 are gone"]
    assert (await ask("/chain", cursor=pagination.encode((8,)))).json()["last"] is None
    await tamper(owner, "delete from audit_chain where position = 7", "audit_chain")
    late = (await ask("/chain", cursor="WzddWzdd")).json()
    assert late["errors"][0]["field"] == "query.cursor"
    await tamper(
        owner, "insert into audit_lines (action, outcome, occurred_at) values ('x', 'success', now() - interval '2 h')"
    )
    first = (await ask("/chain")).json()
    assert (first["holds"], "1 lines older than an hour are not chained" in first["faults"][0]) == (False, True)
    assert (await _items(ask, action="x"))[0]["chain"] == "changed"


async def _items(ask, **query):
    answer = await ask(**query)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def _parts(ask):
    """The first place, the last one and the faults of each part, the newest part first."""
    parts: list[tuple[int, int, list[str]]] = []
    cursor: dict[str, str] = {}
    while True:
        part = (await ask("/chain", **cursor)).json()
        assert part["holds"] == (not part["faults"])
        parts.append((part["first"], part["last"], part["faults"]))
        if part["next_cursor"] is None:
            return parts
        cursor = {"cursor": part["next_cursor"]}


def _stored(moment: str) -> str:
    return moment.replace("T", " ").replace("Z", "+00:00")

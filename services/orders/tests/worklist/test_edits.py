"""Notes, tags and the archive: of one order, of many, and by many people at once."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

from chassis.testing.counts import RecordCount
from chassis.testing.databases import database_name
from chassis.testing.statements import counted
from orders.tests.test_budget import assert_within
from orders.tests.worklist.clerk import LIST, Clerk

_SWEEPS = ("update orders set attempts", "documents", "update refunds set attempts")
_NAMES = "insert into order_tag_names (tag, place) select 't' || n, n from generate_series(1, $1) as n"


async def test_notes_are_written_shown_and_deleted_by_who_may(clerk: Clerk) -> None:
    order_id, key = await clerk.placed(), str(uuid4())
    first = await clerk.ask("POST", f"{order_id}/notes", {"body": " Rang\ntwice. "}, key=key)
    assert first.status_code == 201, first.text
    assert (await clerk.ask("POST", f"{order_id}/notes", {"body": " Rang\ntwice. "}, key=key)).json() == first.json()
    reused = await clerk.ask("POST", f"{order_id}/notes", {"body": "Else"}, key=key)
    assert reused.json()["type"] == "idempotency-key-reused"
    await clerk.ask("POST", f"{order_id}/notes", {"body": "=1+1"})
    shown = (await clerk.shown(order_id))["notes"]
    assert [note["body"] for note in shown] == ["Rang\ntwice.", "=1+1"]
    assert {note["author"] for note in shown} == {str(clerk.account_id)}
    path = f"{LIST}/{order_id}/notes/{shown[0]['id']}"
    another = clerk.of(UUID(int=8), "orders:read", "orders:write")
    boss = clerk.of(UUID(int=9), "orders:write", "accounts:write")
    answers = [
        (await clerk.service.client.delete(path, headers=who)).status_code
        for who in (clerk.of(UUID(int=8)), another, clerk.staff, clerk.staff)
    ]
    assert answers == [403, 403, 204, 204]
    assert (
        await clerk.service.client.delete(f"{LIST}/{order_id}/notes/{shown[1]['id']}", headers=boss)
    ).status_code == 204
    assert (await clerk.shown(order_id))["notes"] == []
    history = (await clerk.shown(order_id))["history"]
    assert [event["kind"] for event in history[1:]] == ["note_added", "note_added", "note_deleted", "note_deleted"]
    assert (history[1]["actor"], history[-1]["actor"]) == (str(clerk.account_id), str(UUID(int=9)))
    assert "Rang" not in str(history)
    assert [event["version"] for event in history] == [*range(1, 6)]


async def test_an_order_has_a_hundred_notes_at_most_however_many_are_written_at_once(clerk: Clerk) -> None:
    order_id = await clerk.placed()
    written = "insert into order_notes (id, order_id, place, body, author) select uuidv7(), $1, n, 'x', $1 from"
    await clerk.execute(f"{written} generate_series(1, 95) as n", order_id)
    answers = await asyncio.gather(*(clerk.ask("POST", f"{order_id}/notes", {"body": "Me"}) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] * 5 + [409] * 3
    refused = next(answer.json() for answer in answers if answer.status_code == 409)
    assert (refused["type"], refused["limit"]) == ("too-many-notes", 100)
    await clerk.execute("delete from order_notes where order_id = $1 and place = 40", order_id)
    assert (await clerk.ask("POST", f"{order_id}/notes", {"body": "Me"})).status_code == 201


async def test_a_note_meets_the_archive_and_both_are_in_the_history(clerk: Clerk) -> None:
    order_id = await clerk.placed()
    steps = [clerk.ask("POST", f"{order_id}/notes", {"body": f"{turn}"}) for turn in range(3)]
    edits = [clerk.edit(order_id, archived=True), clerk.edit(order_id, add_tags=["a"])]
    edited, written = await asyncio.gather(asyncio.gather(*edits), asyncio.gather(*steps))
    assert [items[0]["outcome"] for items in edited] == ["changed"] * 2
    assert [answer.status_code for answer in written] == [201] * 3
    shown = await clerk.shown(order_id)
    assert (shown["life"], shown["tags"], len(shown["notes"])) == ("archived", ["a"], 3)
    assert sorted(await clerk.timeline(order_id)) == ["archived", *["note_added"] * 3, "placed", "tags_changed"]


async def test_several_orders_are_edited_with_a_result_each(clerk: Clerk) -> None:
    paid, moving = await clerk.placed(), await clerk.placed(status="pending_payment")
    full, nobody = await clerk.placed(), uuid4()
    await clerk.edit(full, add_tags=[f"t{number}" for number in range(25)])
    wish: dict[str, Any] = {"add_tags": ["VIP", "vip "], "remove_tags": ["old"], "archived": True}
    before = await clerk.value("select count(*) from order_events")
    foreseen = await clerk.edit(paid, moving, full, nobody, paid, **wish, preview=True)
    assert await clerk.value("select count(*) from order_events") == before
    done = await clerk.edit(nobody, full, moving, paid, **wish)
    assert foreseen == done
    results = {
        UUID(each["order_id"]): (each["outcome"], each["problem"], each["tags"], each["archived"]) for each in done
    }
    assert results == {
        paid: ("changed", None, ["vip"], True),
        moving: ("refused", "order-not-archivable", [], None),
        full: ("refused", "too-many-tags", [], None),
        nobody: ("not_found", None, [], None),
    }
    # What was refused stays as it was: neither part of the edit is done.
    assert (await clerk.shown(moving))["tags"] == []
    assert (await clerk.shown(full))["life"] == "open"
    again = await clerk.edit(paid, moving, full, nobody, **wish)
    assert [each["outcome"] for each in again if each["order_id"] == str(paid)] == ["unchanged"]
    assert await clerk.timeline(paid) == ["placed", "tags_changed", "archived"]
    back = await clerk.edit(paid, remove_tags=["vip"], archived=False)
    assert (back[0]["outcome"], back[0]["tags"], back[0]["archived"]) == ("changed", [], False)
    assert await clerk.timeline(paid) == ["placed", "tags_changed", "archived", "tags_changed", "unarchived"]
    actions = await clerk.rows("select action from audit_lines where object = $1 order by id", f"order:{paid}")
    assert [row["action"] for row in actions] == [
        *("order.tags_changed", "order.archived", "order.tags_changed", "order.unarchived")
    ]


async def test_two_who_give_the_same_tag_give_it_once(clerk: Clerk) -> None:
    orders = [await clerk.placed() for _ in range(3)]
    results = await asyncio.gather(*(clerk.edit(*orders, add_tags=["gift", "rush"]) for _ in range(6)))
    for place in range(3):
        assert sorted(each[place]["outcome"] for each in results) == ["changed"] + ["unchanged"] * 5
        assert {tuple(each[place]["tags"]) for each in results} == {("gift", "rush")}
    assert [await clerk.timeline(each) for each in orders] == [["placed", "tags_changed"]] * 3
    mixed = await asyncio.gather(*(clerk.edit(orders[0], add_tags=[f"n{turn}"]) for turn in range(24)))
    outcomes = [each[0]["outcome"] for each in mixed]
    assert (outcomes.count("changed"), outcomes.count("refused")) == (23, 1)
    assert len((await clerk.shown(orders[0]))["tags"]) == 25


async def test_a_shop_has_a_thousand_tags_at_most_and_unused_ones_make_room(clerk: Clerk) -> None:
    first, second = await clerk.placed(), await clerk.placed()
    await clerk.execute(_NAMES, 998)
    used = "insert into order_tags (order_id, tag, place, added_by) select $1, 't' || n, n, $1 from"
    await clerk.execute(f"{used} generate_series(1, 20) as n", first)
    results = await asyncio.gather(*(clerk.edit(second, add_tags=[f"new {turn}"]) for turn in range(5)))
    assert [each[0]["outcome"] for each in results] == ["changed"] * 5
    assert await clerk.value("select count(*) between 25 and 1000 from order_tag_names")
    names = (await clerk.get(f"{LIST}/tags")).json()["items"]
    assert len(names) == 25
    assert {"t1", "new 4"} <= set(names)
    # Were all of them in use, there would be no room.
    await clerk.execute("delete from order_tag_names where tag not in (select tag from order_tags)")
    await clerk.execute(_IN_USE)
    await clerk.edit(second, remove_tags=["new 0"])
    refused = await clerk.edit(second, add_tags=["one", "two"])
    assert (refused[0]["outcome"], refused[0]["problem"]) == ("refused", "too-many-tags")
    assert (await clerk.edit(second, add_tags=["one"]))[0]["outcome"] == "changed"


# Names of which each is some order's, until there are 1,000; as many orders as that takes.
_IN_USE = """
with free as (
    select n, row_number() over (order by n) - 1 as turn from generate_series(1, 1000) as n
    where n not in (select place from order_tag_names)
), named as (
    insert into order_tag_names (tag, place) select 'u' || n, n from free
), owned as (
    insert into orders (id, number, account_id, email, shipping_address, currency, subtotal, shipping, total, status,
        payment, stock, expires_at, paid_at)
    select uuidv7(), 'M-ZZZ' || translate(lpad(turn::text, 3, '0'), '0123456789', '23456789AB'), uuidv7(), 'a@b.c',
        '{"country": "GB"}', 'EUR', 1, 0, 1, 'paid', 'captured', 'committed', now(), now()
    from generate_series(0, 99) as turn returning id
), numbered as (select id, row_number() over (order by id) - 1 as turn from owned)
insert into order_tags (order_id, tag, place, added_by)
select numbered.id, 'u' || free.n, free.turn / 100 + 1, numbered.id
from free join numbered on numbered.turn = free.turn % 100
"""


async def test_an_edit_that_is_wrong_is_named_and_changes_nothing(clerk: Clerk) -> None:
    order_id = await clerk.placed()
    named: dict[str, Any] = {"order_ids": [str(order_id)]}
    bad: list[tuple[dict[str, Any], str]] = [
        ({}, "order_ids"),
        ({"order_ids": []}, "order_ids"),
        ({"order_ids": [str(uuid4()) for _ in range(101)]}, "order_ids"),
        ({"order_ids": ["1"]}, "order_ids"),
        (named | {"add_tags": ["a,b"]}, "add_tags"),
        (named | {"add_tags": ["a\u202eb"]}, "add_tags"),
        (named | {"add_tags": ["x" * 41]}, "add_tags"),
        (named | {"add_tags": [f"{number}" for number in range(26)]}, "add_tags"),
        (named | {"remove_tags": [7]}, "remove_tags"),
        (named | {"archived": "yes"}, "archived"),
        (named | {"preview": 1}, "preview"),
        (named | {"status": "paid"}, "status"),
    ]
    for body, field in bad:
        answer = await clerk.ask("POST", "edits", body)
        assert 400 <= answer.status_code < 500, (body, answer.text)
        if answer.status_code == 422:
            assert field in answer.json()["errors"][0]["field"], answer.text
    for text in ("", "   ", "x" * 2001, "a\x00b", 7, None):
        answer = await clerk.ask("POST", f"{order_id}/notes", {"body": text})
        assert answer.status_code == 422, text
        assert "body" in answer.json()["errors"][0]["field"]
    assert (await clerk.ask("POST", f"{uuid4()}/notes", {"body": "Hello"})).status_code == 404
    assert (await clerk.ask("DELETE", f"{uuid4()}/notes/{uuid4()}")).status_code == 404
    for path, sent in (("edits", named), (f"{order_id}/notes", {"body": "Hello"})):
        headers = {"Idempotency-Key": str(uuid4()), **clerk.of(UUID(int=8))}
        answer = await clerk.service.client.post(f"{LIST}/{path}", json=sent, headers=headers)
        assert answer.status_code == 403
    assert await clerk.timeline(order_id) == ["placed"]


async def test_edits_are_within_their_budgets(clerk: Clerk, record_count: RecordCount) -> None:
    order_id, other = await clerk.placed(), await clerk.placed()
    await clerk.edit(other, add_tags=["gift"])
    server, database = clerk.service.bench.postgres, database_name("orders")
    for what, budget, commits, step in (
        ("tags of an order", 8, 1, clerk.edit(order_id, add_tags=["gift"])),
        ("tags that it has", 4, 1, clerk.edit(order_id, add_tags=["gift"])),
        ("a note", 9, 3, clerk.ask("POST", f"{order_id}/notes", {"body": "Hello"})),
    ):
        async with counted(server, database) as cost:
            await step
        work = cost.work("orders", *_SWEEPS)
        record_count(f"{what}, by staff", statements=work.statements, commits=work.commits)
        assert_within([work], statements=budget, commits=commits, events=0)

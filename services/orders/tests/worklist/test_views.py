"""Saved views: one's own and shared ones, how many there can be, and filters of another day."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import httpx

from orders.tests.worklist.clerk import VIEWS, Clerk


async def _call(clerk: Clerk, method: str, view_id: Any, headers: dict[str, str], body: Any = None) -> httpx.Response:
    return await clerk.service.client.request(method, f"{VIEWS}/{view_id}", json=body, headers=headers)


async def _titles(clerk: Clerk, headers: dict[str, str]) -> list[str]:
    found: list[str] = []
    query: dict[str, Any] = {"limit": 1}
    while True:
        page = (await clerk.get(VIEWS, headers=headers, **query)).json()
        found += [item["title"] for item in page["items"]]
        if page["next_cursor"] is None:
            return found
        query["cursor"] = page["next_cursor"]


async def test_views_are_saved_seen_changed_and_deleted_by_who_may(clerk: Clerk) -> None:
    support, other = clerk.of(UUID(int=8)), clerk.of(UUID(int=9), "orders:read", "orders:write")
    filters = {"life": ["open"], "tag": ["Gift "], "placed_from": "2026-11-01T00:00:00+01:00", "text": "Ada"}
    key = str(uuid4())
    mine = (await clerk.save(title="To do", filters=filters, shared=True, key=key)).json()
    assert (await clerk.save(title="To do", filters=filters, shared=True, key=key)).json() == mine
    assert mine["filters"] == filters | {"tag": ["gift"], "placed_from": "2026-11-01T00:00:00+01:00"}
    assert (mine["outdated"], mine["version"], mine["owner"]) == ([], 1, str(clerk.account_id))
    own = (await clerk.save(support, title="Own")).json()
    assert (await clerk.save(support, title="For all", shared=True)).status_code == 403
    assert await _titles(clerk, support) == ["To do", "Own"]
    assert await _titles(clerk, other) == ["To do"]
    wish = {"title": "Done", "filters": {"life": ["archived"]}, "shared": False, "version": 1}
    assert (await _call(clerk, "PUT", mine["id"], other, wish)).status_code == 403
    assert (await _call(clerk, "PUT", own["id"], other, wish)).status_code == 404
    assert (await _call(clerk, "PUT", uuid4(), other, wish)).status_code == 404
    assert (await _call(clerk, "PUT", own["id"], support, wish | {"shared": True})).status_code == 403
    changes = await asyncio.gather(*(_call(clerk, "PUT", mine["id"], clerk.staff, wish) for _ in range(4)))
    assert sorted(answer.status_code for answer in changes) == [200, 409, 409, 409]
    refused = next(answer.json() for answer in changes if answer.status_code == 409)
    assert (refused["type"], refused["version"]) == ("view-changed", 2)
    assert await _titles(clerk, other) == []
    assert (await _call(clerk, "DELETE", own["id"], other)).status_code == 204
    assert await _titles(clerk, support) == ["Own"]
    shared = (await clerk.save(other, title="Theirs", shared=True)).json()
    boss = clerk.of(UUID(int=10), "orders:read", "accounts:write")
    answers = [(await _call(clerk, "DELETE", shared["id"], who)).status_code for who in (support, boss, boss)]
    assert answers == [403, 204, 204]
    assert (await _call(clerk, "DELETE", mine["id"], clerk.staff)).status_code == 204
    assert await _titles(clerk, clerk.staff) == []
    actions = await clerk.rows("select action from audit_lines where action like 'order_view%' order by id")
    assert [row["action"].partition(".")[2] for row in actions] == [
        *("created", "created", "changed", "created", "deleted", "deleted")
    ]


async def test_an_account_has_a_hundred_views_at_most_however_many_are_made_at_once(clerk: Clerk) -> None:
    made = "insert into order_views (id, owner, place, title, shared, filters) select uuidv7(), $1, n, 'x', false, '{}'"
    await clerk.execute(f"{made} from generate_series(1, 90) as n", clerk.account_id)
    answers = await asyncio.gather(*(clerk.save() for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [201] * 10 + [409] * 10
    refused = next(answer.json() for answer in answers if answer.status_code == 409)
    assert (refused["type"], refused["limit"]) == ("too-many-views", 100)
    assert await clerk.value("select count(*) from order_views") == 100
    await clerk.execute("delete from order_views where place = 40")
    assert (await clerk.save()).status_code == 201
    assert (await clerk.save(clerk.of(UUID(int=8)))).status_code == 201


async def test_a_filter_that_is_no_more_is_shown_as_such_and_the_rest_can_be_used(clerk: Clerk) -> None:
    old = (
        "insert into order_views (id, owner, place, title, shared, filters) values (uuidv7(), $1, 1, 'Old', false, $2)"
    )
    await clerk.execute(old, clerk.account_id, {"mood": 1, "life": ["lost"], "country": "GB", "tag": {"a": None}})
    shown = (await clerk.get(VIEWS)).json()["items"][0]
    assert (shown["filters"], shown["outdated"]) == ({"country": "GB"}, ["life", "mood", "tag"])
    assert (await clerk.get(**shown["filters"])).status_code == 200


async def test_a_view_that_is_wrong_is_named_and_not_saved(clerk: Clerk) -> None:
    for body, field in (
        ({"title": ""}, "title"),
        ({"title": "x" * 61}, "title"),
        ({"title": "a\u202eb"}, "title"),
        ({"filters": {"mood": "fine"}}, "mood"),
        ({"filters": {"life": ["lost"]}}, "life"),
        ({"filters": {"limit": 5}}, "limit"),
        ({"filters": {"life": ["open"] * 4}}, "life"),
        ({"filters": None}, "filters"),
        ({"shared": "yes"}, "shared"),
    ):
        answer = await clerk.save(**body)
        assert answer.status_code == 422, (body, answer.text)
        assert field in answer.json()["errors"][0]["field"]
    for version in (0, 2**31, "1", None):
        wish: dict[str, Any] = {"title": "x", "filters": {}, "version": version}
        answer = await _call(clerk, "PUT", uuid4(), clerk.staff, wish)
        assert answer.status_code == 422, version
    assert (await clerk.get(VIEWS, headers=clerk.of(UUID(int=8), "catalog:read"))).status_code == 403
    assert await clerk.value("select count(*) from order_views") == 0

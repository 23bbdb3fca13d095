"""Staff keep discounts by the API."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from orders.pricing.discounts.domain.discount import MAX_AUTOMATIC
from orders.tests.discounts.desk import PATH, TENTH, Desk

ID = str(uuid4())
GIFT: dict[str, Any] = {
    "title": "Buy two tees, get a cap",
    "automatic": True,
    "kind": "buy_get",
    "target": "lines",
    "rate": 1_000_000,
    "articles": {"products": [ID], "types": ["Tee"], "collections": []},
    "minimum": {"subtotals": [{"amount": 100, "currency": "EUR"}], "quantity": 2},
    "buy_get": {
        "buy": 2,
        "get": 1,
        "articles": {"products": [], "types": ["Cap"], "collections": [ID]},
        "max_repeats": 3,
    },
    "starts_at": "2026-11-27T00:00:00Z",
    "ends_at": "2026-11-30T00:00:00Z",
    "max_uses": 10,
    "max_uses_per_customer": 1,
    "combines_with": ["order", "shipping"],
}


async def test_what_was_sent_is_what_is_read(desk: Desk) -> None:
    made = await desk.make(**GIFT)
    for shown in (made, await desk.figures(made), (await desk.call("GET")).json()["items"][0]):
        assert {name: shown[name] for name in GIFT} == GIFT
        assert (shown["status"], shown["used"], shown["code_count"], shown["version"]) == ("active", 0, 0, 1)
        assert shown["amounts"] == []
    money = await desk.make(kind="amount", target="pieces", amounts=[{"amount": 5, "currency": "JPY"}])
    assert (money["amounts"], money["used"]) == ([{"amount": 5, "currency": "JPY"}], None)


async def test_a_discount_sent_twice_with_one_key_is_made_once(desk: Desk) -> None:
    key = {"Idempotency-Key": str(uuid4())}
    answers = [await desk.call("POST", json=TENTH, headers=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert answers[0].headers["location"] == f"{PATH}/{answers[0].json()['id']}"
    assert await desk.value("select count(*) from discounts") == 1


_REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"target": "pieces"}, "target"),
    ({"kind": "amount"}, "amounts"),
    ({"amounts": [{"amount": 5, "currency": "EUR"}]}, "amounts"),
    ({"kind": "amount", "amounts": [{"amount": 0, "currency": "EUR"}]}, "amounts.0.amount"),
    ({"kind": "amount", "amounts": [{"amount": 10**12, "currency": "EUR"}]}, "amounts.0.amount"),
    ({"kind": "amount", "amounts": [{"amount": 1, "currency": "XAU"}]}, "amounts.0.currency"),
    ({"kind": "amount", "amounts": [{"amount": 1, "currency": "EUR"}] * 2}, "amounts"),
    ({"minimum": {"subtotals": [{"amount": 1, "currency": "EUR"}] * 2}}, "minimum.subtotals"),
    ({"kind": "buy_get", "target": "lines"}, "buy_get"),
    ({"buy_get": {"buy": 1, "get": 1}}, "buy_get"),
    ({"kind": "buy_get", "target": "lines", "buy_get": {"buy": 0, "get": 1}}, "buy_get.buy"),
    ({"articles": {"types": ["Tee"]}}, "articles"),
    ({"articles": {"products": [ID] * 501}}, "articles.products"),
    ({"articles": {"types": ["a\x00b"]}}, "articles.types.0"),
    ({"rate": 0}, "rate"),
    ({"rate": 1_000_001}, "rate"),
    ({"rate": "100000"}, "rate"),
    ({"title": ""}, "title"),
    ({"title": "a\u202eb"}, "title"),
    ({"title": "x" * 121}, "title"),
    ({"starts_at": "2026-11-30T00:00:00Z", "ends_at": "2026-11-30T00:00:00Z"}, "ends_at"),
    ({"starts_at": "2026-11-30T00:00:00"}, "starts_at"),
    ({"ends_at": "9999-12-31T23:59:59-14:00"}, "ends_at"),
    ({"max_uses": 0}, "max_uses"),
    ({"max_uses": 2**63}, "max_uses"),
    ({"combines_with": ["everything"]}, "combines_with.0"),
    ({"unheard": 1}, "unheard"),
]


async def test_what_makes_no_sense_is_refused_by_field(desk: Desk) -> None:
    for change, field in _REFUSED:
        answer = await desk.call("POST", json={**TENTH, **change})
        assert answer.status_code == 422, answer.text
        assert field in [error["field"] for error in answer.json()["errors"]]
    assert await desk.value("select count(*) from discounts") == 0


async def test_a_change_needs_the_version_that_was_read(desk: Desk) -> None:
    made = await desk.make()
    answers = await asyncio.gather(*(desk.change(made, title=f"Title {number}") for number in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409]
    (won,) = [answer.json() for answer in answers if answer.status_code == 200]
    lost = next(answer.json() for answer in answers if answer.status_code == 409)
    assert (lost["type"], lost["version"]) == ("rule-changed", 2)
    found = await desk.figures(made)
    assert (found["title"], found["version"]) == (won["title"], 2)
    wrong = await desk.change(found, kind="amount")
    assert [error["field"] for error in wrong.json()["errors"]] == ["amounts"]
    missing = await desk.change({**found, "id": str(uuid4())})
    assert missing.status_code == 404


async def test_each_change_counts_a_version_of_the_rules(desk: Desk) -> None:
    versions = [await desk.value("select version from pricing_versions")]

    async def counted() -> bool:
        versions.append(await desk.value("select version from pricing_versions"))
        return versions[-1] > versions[-2]

    made = await desk.make()
    assert await counted()
    await desk.add(made, "SAVE")
    assert await counted()
    made = (await desk.change(made, title="Other")).json()
    assert await counted()
    await desk.call("PUT", f"/{made['id']}/codes/save", json={"disabled": True})
    assert await counted()
    await desk.call("PUT", f"/{made['id']}/status", json={"status": "disabled"})
    assert await counted()
    await desk.call("DELETE", f"/{made['id']}")
    assert await counted()
    await desk.figures(await desk.make())
    await counted()
    await desk.call("GET")
    assert not await counted()


async def test_a_discount_is_switched_off_and_on_and_archived_for_good(desk: Desk) -> None:
    made = await desk.make("SAVE")
    path = f"/{made['id']}/status"
    for status in ("disabled", "disabled", "active", "archived", "archived"):
        answer = await desk.call("PUT", path, json={"status": status})
        assert (answer.status_code, answer.json()["status"]) == (200, status)
    assert (await desk.figures(made))["version"] == 4
    refused = [
        await desk.call("PUT", path, json={"status": "active"}),
        await desk.change({**made, "version": 4}, title="Other"),
        await desk.call("POST", f"/{made['id']}/codes", json={"codes": ["MORE"]}),
    ]
    assert {(answer.status_code, answer.json()["type"]) for answer in refused} == {(409, "discount-archived")}
    assert (await desk.call("PUT", f"/{uuid4()}/status", json={"status": "active"})).status_code == 404


async def test_what_was_used_is_not_deleted(desk: Desk) -> None:
    used, unused = await desk.make("USED"), await desk.make("FREE")
    order_id = await desk.use((used, "USED"))
    await desk.cancel(order_id)
    refused = await desk.call("DELETE", f"/{used['id']}")
    assert (refused.status_code, refused.json()["type"]) == (409, "discount-used")
    assert (await desk.call("DELETE", f"/{unused['id']}")).status_code == 204
    assert (await desk.call("DELETE", f"/{unused['id']}")).status_code == 404
    assert (await desk.call("GET", f"/{unused['id']}")).status_code == 404
    await desk.add(used, "FREE")
    assert await desk.value("select array_agg(code order by code) from discount_codes") == ["FREE", "USED"]


async def test_an_order_and_a_deletion_at_once_leave_no_use_without_its_discount(desk: Desk) -> None:
    made = [await desk.make(f"CODE{number}") for number in range(8)]
    deletions = [desk.call("DELETE", f"/{each['id']}") for each in made]
    placing = [desk.use((each, f"CODE{number}")) for number, each in enumerate(made)]
    answers = await asyncio.gather(*deletions, *placing, return_exceptions=True)
    kept = await desk.value("select count(*) from discounts")
    deleted = sum(getattr(answer, "status_code", 0) == 204 for answer in answers)
    assert (kept, await desk.value("select count(*) from discount_uses")) == (8 - deleted, 8 - deleted)
    assert await desk.value("select count(*) from orders") == 8 - deleted


async def test_there_is_a_bound_of_automatic_discounts_for_writers_at_once(desk: Desk) -> None:
    body = {**TENTH, "automatic": True}
    for _ in range(MAX_AUTOMATIC - 1):
        await desk.make(automatic=True)
    answers = await asyncio.gather(*(desk.call("POST", json=body) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    refused = next(answer.json() for answer in answers if answer.status_code == 409)
    assert (refused["type"], refused["limit"]) == ("too-many-rules", MAX_AUTOMATIC)
    made = next(answer.json() for answer in answers if answer.status_code == 201)
    await desk.call("PUT", f"/{made['id']}/status", json={"status": "archived"})
    assert (await desk.call("POST", json=body)).status_code == 201


async def test_a_list_is_filtered_by_what_holds_now(desk: Desk) -> None:
    now = datetime.now(UTC)
    hour = timedelta(hours=1)
    titles = {
        "active": await desk.make("SAVE", title="active", ends_at=(now + hour).isoformat()),
        "scheduled": await desk.make(title="scheduled", starts_at=(now + hour).isoformat()),
        "expired": await desk.make(title="expired", ends_at=(now - hour).isoformat()),
        "disabled": await desk.make(title="disabled"),
        "archived": await desk.make(title="archived", automatic=True),
    }
    for status in ("disabled", "archived"):
        await desk.call("PUT", f"/{titles[status]['id']}/status", json={"status": status})

    async def listed(query: str) -> list[str]:
        answer = await desk.call("GET", f"?{query}")
        assert answer.status_code == 200, answer.text
        return [each["title"] for each in answer.json()["items"]]

    for status in titles:
        assert await listed(f"status={status}") == [status]
    assert await listed("automatic=true") == ["archived"]
    assert await listed("code=%20sa%20ve") == ["active"]
    assert await listed("code=none") == []
    assert await listed("code=%3D1") == []
    assert await listed("") == list(titles)[::-1]
    first = (await desk.call("GET", "?limit=2")).json()
    second = (await desk.call("GET", f"?limit=3&cursor={first['next_cursor']}")).json()
    assert [each["title"] for each in (*first["items"], *second["items"])] == list(titles)[::-1]
    assert second["next_cursor"] is None


async def test_each_operation_asks_for_a_right_and_is_audited(desk: Desk) -> None:
    made = await desk.make("SAVE")
    reads, writes = (desk.service.token(scopes=(f"pricing:{right}",)) for right in ("read", "write"))
    one = f"{PATH}/{made['id']}"
    asked: list[tuple[str, str, dict[str, str], Any]] = [
        *(("GET", path, writes, None) for path in (PATH, one, f"{one}/codes", f"{one}/codes.csv")),
        *(("POST", path, reads, {}) for path in (PATH, f"{one}/codes", f"{one}/codes/drawn")),
        *(("PUT", path, reads, {}) for path in (one, f"{one}/status", f"{one}/codes/SAVE")),
        ("DELETE", one, reads, None),
    ]
    for method, path, wrong, body in asked:
        client = desk.service.client
        assert (await client.request(method, path, json=body, headers=wrong)).status_code == 403, path
        assert (await client.request(method, path, json=body)).status_code == 401, path
    made = (await desk.change(made, title="Other")).json()
    await desk.call("POST", f"/{made['id']}/codes/drawn", json={"count": 2})
    await desk.call("GET", f"/{made['id']}/codes")
    await desk.call("GET", f"/{made['id']}/codes.csv")
    await desk.call("PUT", f"/{made['id']}/codes/save", json={"disabled": True})
    await desk.call("PUT", f"/{made['id']}/status", json={"status": "disabled"})
    await desk.call("GET", f"/{made['id']}")
    await desk.call("GET")
    await desk.call("DELETE", f"/{made['id']}")
    sql = "select array_agg(action order by id) from audit_lines where outcome = 'success' and actor_id = $1"
    assert await desk.value(sql, desk.who) == [
        *("discount.created", "discount.codes_added", "discount.changed", "discount.codes_drawn"),
        *("discount.codes_read", "discount.codes_exported", "discount.code_changed", "discount.status_changed"),
        *("discount.read", "discounts.read", "discount.deleted"),
    ]
    after = await desk.value("select after from audit_lines where action = 'discount.changed'")
    assert after["title"] == "Other"

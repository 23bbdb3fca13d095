"""An erasure is refused while something is open, and done once, whoever asks for it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from chassis.db import exports
from chassis.values import uuid7
from orders.privacy.domain.person import Person as Erased
from orders.privacy.problems import ErasureBlocked
from orders.privacy.store.exported import PARTS
from orders.privacy.usecases.erase_person import erase_person
from orders.tests.privacy.person import Person, Town

pytestmark = pytest.mark.asyncio(loop_scope="package")
_PENDING = """
update orders set status = 'pending_payment', payment = 'open', stock = 'held', paid_at = null,
    next_attempt_at = now() + interval '1 day' where id = $1
"""
_UNSENT = "update line_progress set cancelled = 0 where order_id = $1"
_DISPUTED = "update order_progress set disputes = 1 where order_id = $1"
_REFUNDING = """
update refunds set status = 'requested', accepted_at = null, next_attempt_at = now() + interval '1 day'
where order_id = $1
"""
_RETURNING = "update returns set status = 'requested', ended_at = null where order_id = $1"
_OWED = "update orders set attention = 'charged_after_cancel' where id = $1"


def internal(person: Person) -> str:
    return f"/internal/people/{person.account_id}"


async def erase(town: Town, person: Person) -> httpx.Response:
    headers = town.service.caller("identity")
    body = {"erasure_id": str(uuid7())}
    return await town.service.client.post(f"{internal(person)}/erasure", json=body, headers=headers)


async def told(town: Town, person: Person) -> list[str]:
    answer = await town.service.client.get(f"{internal(person)}/erasure", headers=town.service.caller("identity"))
    found: list[str] = answer.json()["open"]
    return found


def staff(town: Town, *scopes: str, minutes: int = 0) -> dict[str, str]:
    proved = datetime.now(UTC) - timedelta(minutes=minutes)
    return town.service.token(uuid4(), scopes=scopes, auth_time=int(proved.timestamp()))


async def whole(town: Town, person: Person) -> dict[str, Any]:
    names = ("orders", "order_search", "order_events", "order_notes", "parcels", "documents", "returns", "carts")
    return {name: await town.rows_of(name, person) for name in names}


@pytest.mark.parametrize(
    ("sql", "word"),
    [
        (_PENDING, "is not paid yet"),
        (_DISPUTED, "has a dispute"),
        (_REFUNDING, "has a refund that is under way"),
        (_RETURNING, "has a return that is open"),
        (_UNSENT, "has pieces that are to be sent"),
        (_OWED, "neither the goods nor the money"),
    ],
)
async def test_while_something_is_open_nothing_is_erased_and_the_answer_says_what(
    town: Town, sql: str, word: str
) -> None:
    person = await town.person(account=True)
    await town.execute(sql, person.order_id)
    before = await whole(town, person)
    refused = await erase(town, person)
    assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (409, "erasure-blocked")
    assert any(word in reason for reason in refused.json()["reasons"]), refused.json()
    assert await told(town, person) == refused.json()["reasons"]
    assert await whole(town, person) == before
    assert await town.value("select count(*) from erasures where subject = $1", person.account_id) == 0


async def test_an_order_whose_invoice_is_not_written_waits_for_it(town: Town) -> None:
    await town.execute("update invoicing set paid_until = now() + interval '1 day'")
    try:
        order_id = await town.paid(1)
        await town.sent(order_id, p1=1)
        with pytest.raises(ErasureBlocked) as refused:
            await erase_person(town.service.ctx, Erased(order_ids=(order_id,)))
        assert "waits for its invoice" in refused.value.extensions["reasons"][0]
    finally:
        await town.execute("update invoicing set paid_until = now() - interval '1 day'")


async def test_an_account_is_erased_once_whoever_asks_at_once_and_the_second_time_changes_nothing(town: Town) -> None:
    person = await town.person(account=True)
    assert await told(town, person) == []
    answers = await asyncio.gather(*(erase(town, person) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {200}, [each.text for each in answers]
    assert sum(answer.json()["orders"] for answer in answers) == 1
    lines = "select count(*) from audit_lines where action = 'order.erased' and object = $1"
    assert await town.value(lines, f"order:{person.order_id}") == 1
    after = await whole(town, person)
    (order,) = after["orders"]
    assert order["shipping_address"] == {"name": "(erased)", "line1": "(erased)", "country": "DE", "postal_code": "10"}
    assert (order["total"], order["account_id"], order["token_hash"]) == (2500, None, None)
    assert (await erase(town, person)).json() == {"erased": True, "orders": 0}
    assert await whole(town, person) == after
    assert await town.value(
        "select max(kind) from order_events where order_id = $1 and kind = 'erased'", person.order_id
    )
    await town.check_books("documents_gapless", "paid_has_invoice", "lines_add_up")


async def test_what_another_has_stays(town: Town) -> None:
    person, other = await town.person(account=True), await town.person(account=True)
    before = await whole(town, other)
    assert (await erase(town, person)).status_code == 200
    assert await whole(town, other) == before
    filters = await town.value("select filters from order_views where id = $1", other.view_id)
    assert set(filters) == {"email", "text", "currency"}
    assert await town.value("select filters from order_views where id = $1", person.view_id) == {"currency": "EUR"}


async def test_a_guest_is_erased_by_the_link_from_one_order_and_by_staff_from_all_of_the_address(town: Town) -> None:
    first = await town.person()
    second = await town.person(email=first.email)
    third = await town.person(email=first.email)
    client, key = town.service.client, town.key_of(first.order_id)
    path = f"/api/v1/orders/{first.order_id}"
    number = await town.value("select number from orders where id = $1", first.order_id)
    wrong = await client.post(f"{path}/erasure", json={"order_number": "M-222222"}, headers=key)
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "order_number")
    assert (await client.post(f"{path}/erasure", json={"order_number": number})).status_code == 404
    copy = await client.get(f"{path}/personal-data", headers=key)
    assert [row["number"] for row in copy.json()["tables"]["orders"]] == [number]
    assert "token_hash" not in copy.json()["tables"]["orders"][0]
    done = await client.post(f"{path}/erasure", json={"order_number": number}, headers=key)
    assert done.json() == {"erased": True, "orders": 1}
    assert (await client.get(path, headers=key)).status_code == 404
    desk = f"/api/v1/admin/orders/{second.order_id}"
    may = staff(town, "orders:read", "orders:write", "accounts:write")
    found = await client.get(f"{desk}/personal-data", headers=may)
    assert {row["id"] for row in found.json()["tables"]["orders"]} == {str(second.order_id), str(third.order_id)}
    assert (await client.post(f"{desk}/erasure", headers=may)).json() == {"erased": True, "orders": 2}
    assert (await client.post(f"{desk}/erasure", headers=may)).json() == {"erased": True, "orders": 0}
    assert {
        await town.value("select email from orders where id = $1", each.order_id) for each in (first, second, third)
    } == {"erased@erased.invalid"}


async def test_only_who_may_and_has_just_proved_who_they_are_erases_and_an_accounts_order_is_left_to_it(
    town: Town,
) -> None:
    guest, customer = await town.person(), await town.person(account=True)
    client, path = town.service.client, f"/api/v1/admin/orders/{guest.order_id}"
    for headers, status in (
        (staff(town, "orders:read", "orders:write"), 403),
        (staff(town, "orders:write", "accounts:write", minutes=11), 401),
        ({}, 401),
    ):
        assert (await client.post(f"{path}/erasure", headers=headers)).status_code == status
    assert (
        await client.get(f"{path}/personal-data", headers=staff(town, "orders:read", minutes=11))
    ).status_code == 401
    may = staff(town, "orders:read", "orders:write", "accounts:write")
    for method, part in (("GET", "personal-data"), ("POST", "erasure")):
        refused = await client.request(method, f"/api/v1/admin/orders/{customer.order_id}/{part}", headers=may)
        assert refused.status_code == 409
        assert refused.json()["account_id"] == str(customer.account_id)
        assert (await client.request(method, f"/api/v1/admin/orders/{uuid7()}/{part}", headers=may)).status_code == 404
    wrong = await client.get(f"{path}/personal-data", params={"after": "WyJ4Il0"}, headers=may)
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "query.after")
    assert (
        await client.post(f"/internal/people/{uuid7()}/erasure", json={"erasure_id": str(uuid7())})
    ).status_code == 401


async def test_a_copy_has_all_rows_of_an_account_page_by_page(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    person = await town.person(account=True)
    monkeypatch.setattr("chassis.db.exports.MOST", 1_000)
    rows: dict[str, int] = {}
    after: str | None = ""
    headers = town.service.caller("identity")
    while after is not None:
        page = await town.service.client.get(
            internal(person), params={"after": after} if after else {}, headers=headers
        )
        assert page.status_code == 200, page.text
        for table, found in page.json()["tables"].items():
            rows[table] = rows.get(table, 0) + len(found)
        after = page.json()["next"]
    assert rows["orders"] == rows["parcels"] == rows["documents"] == rows["order_notes"] == 1
    assert rows["carts"] == 2
    assert rows["drafts"] == 2
    assert rows["order_events"] == await town.value(
        "select count(*) from order_events where order_id = $1", person.order_id
    )


async def test_a_copy_is_the_same_in_pages_of_one_row(town: Town) -> None:
    person = await town.person(account=True)
    asked = Erased(account_id=person.account_id).asked
    place: tuple[str, str] | None = None
    rows: list[tuple[str, object]] = []
    async with town.service.ctx.db.read() as tx:
        whole = await exports.read(tx, PARTS, asked, None)
        while True:
            page = await exports.read(tx, PARTS, asked, place, most=1)
            rows += [(table, row) for table, found in page.tables.items() for row in found]
            place = page.next
            if place is None:
                break
        elsewhere = await exports.read(tx, PARTS, asked, ("nowhere", ""))
    assert whole.next is None
    assert rows == [(table, row) for table, found in whole.tables.items() for row in found]
    assert (elsewhere.tables, elsewhere.next) == ({}, None)

"""Codes are added, drawn, listed, exported and switched off by the API."""

from __future__ import annotations

import asyncio
import csv
import io
from typing import Any
from uuid import uuid4

import pytest

from chassis.values import defused
from orders.pricing.discounts.domain.codes import ALPHABET
from orders.tests.discounts.desk import Desk


async def codes_of(desk: Desk, discount: dict[str, Any]) -> list[str]:
    found: list[str] = []
    cursor = ""
    while True:
        page = (await desk.call("GET", f"/{discount['id']}/codes?limit=100{cursor}")).json()
        found += [each["code"] for each in page["items"]]
        if page["next_cursor"] is None:
            return found
        cursor = f"&cursor={page['next_cursor']}"


async def test_a_code_belongs_to_one_discount_however_it_is_typed(desk: Desk) -> None:
    one, two = await desk.make("Summer 24"), await desk.make()
    again = await desk.call("POST", f"/{one['id']}/codes", json={"codes": ["SUMMER24", "summer24", "Winter"]})
    assert (again.status_code, again.json()["count"]) == (201, 1)
    taken = await desk.call("POST", f"/{two['id']}/codes", json={"codes": ["autumn", "ｓummer24"]})  # noqa: RUF001
    assert (taken.status_code, taken.json()["type"], taken.json()["codes"]) == (409, "code-taken", ["SUMMER24"])
    assert await codes_of(desk, two) == []
    assert await codes_of(desk, one) == ["SUMMER24", "WINTER"]
    assert (await desk.figures(one))["code_count"] == 2


async def test_two_discounts_that_take_a_code_at_once_do_not_both_get_it(desk: Desk) -> None:
    made = [await desk.make() for _ in range(6)]
    bodies = {"codes": ["SAVE", "MORE"]}
    answers = await asyncio.gather(*(desk.call("POST", f"/{each['id']}/codes", json=bodies) for each in made))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 5
    assert await desk.value("select count(*) from discount_codes") == 2
    assert await desk.value("select sum(code_count) from discounts") == 2


_REFUSED: list[tuple[str, Any, str]] = [
    ("codes", {"codes": []}, "codes"),
    ("codes", {"codes": ["a"] * 101}, "codes"),
    ("codes", {"codes": ["=1+1"]}, "codes.0"),
    ("codes", {"codes": ["ab"]}, "codes.0"),
    ("codes", {"codes": ["a\x00bc"]}, "codes.0"),
    ("codes", {"codes": [None]}, "codes.0"),
    ("codes/drawn", {"count": 10_001}, "count"),
    ("codes/drawn", {"count": 1, "prefix": "-A"}, "prefix"),
    ("codes/drawn", {"count": 1, "prefix": "A" * 21}, "prefix"),
    ("codes/drawn", {"count": 1, "prefix": 5}, "prefix"),
    ("codes/drawn", {"count": 1, "length": 7}, "length"),
]


async def test_codes_that_cannot_be_are_refused_by_field(desk: Desk) -> None:
    made = await desk.make()
    for path, body, field in _REFUSED:
        answer = await desk.call("POST", f"/{made['id']}/{path}", json=body)
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"][0]["field"] == field
    assert await desk.value("select count(*) from discount_codes") == 0


async def test_ten_thousand_codes_are_drawn_at_once_and_once_for_a_key(desk: Desk) -> None:
    made, key = await desk.make(), {"Idempotency-Key": str(uuid4())}
    body = {"count": 10_000, "prefix": "vip-"}
    drawn = await desk.call("POST", f"/{made['id']}/codes/drawn", json=body, headers=key)
    assert (drawn.status_code, drawn.json()["count"]) == (201, 10_000)
    again = await desk.call("POST", f"/{made['id']}/codes/drawn", json=body, headers=key)
    assert again.json() == drawn.json()
    batch = drawn.json()["batch"]
    assert (await desk.call("POST", f"/{made['id']}/codes/drawn", json={"count": 1})).status_code == 201
    lines = list(csv.reader(io.StringIO((await desk.call("GET", f"/{made['id']}/codes.csv?batch={batch}")).text)))
    assert lines[0] == ["code", "discount", "once", "disabled", "spent"]
    assert len({line[0] for line in lines[1:]}) == len(lines) - 1 == 10_000
    assert all(line[0].startswith("VIP-") and set(line[0][4:]) <= set(ALPHABET) for line in lines[1:])
    assert (await desk.figures(made))["code_count"] == 10_001


async def test_a_drawing_that_died_before_its_answer_is_not_drawn_again(desk: Desk) -> None:
    """It died between the commit and the answer: the claim lapses, and the next try has the same operation id."""
    made, key = await desk.make(), {"Idempotency-Key": str(uuid4())}
    path = f"/{made['id']}/codes/drawn"
    first = await desk.call("POST", path, json={"count": 3}, headers=key)
    async with desk.service.ctx.db.write() as tx:
        await tx.execute("update idempotency set status = null, headers = null, body = null, claimed_until = now()")
    second = await desk.call("POST", path, json={"count": 3}, headers=key)
    assert second.json() == first.json()
    assert await desk.value("select count(*) from discount_codes") == 3


async def test_a_discount_has_a_bounded_number_of_codes(desk: Desk) -> None:
    made = await desk.make()
    async with desk.service.ctx.db.write() as tx:
        await tx.execute("update discounts set code_count = 99999")
    answer = await desk.call("POST", f"/{made['id']}/codes", json={"codes": ["ONE", "TWO"]})
    assert (answer.status_code, answer.json()["type"], answer.json()["limit"]) == (409, "too-many-codes", 100_000)
    assert await desk.value("select count(*) from discount_codes") == 0


async def test_an_automatic_discount_has_no_codes(desk: Desk) -> None:
    made = await desk.make(automatic=True)
    for path, body in (("codes", {"codes": ["SAVE"]}), ("codes/drawn", {"count": 1})):
        answer = await desk.call("POST", f"/{made['id']}/{path}", json=body)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "discount_id")


async def test_what_is_not_there_is_a_404(desk: Desk) -> None:
    made, other = await desk.make("SAVE"), f"/{uuid4()}"
    asked: list[tuple[str, str, Any]] = [
        ("POST", f"{other}/codes", {"codes": ["MORE"]}),
        ("POST", f"{other}/codes/drawn", {"count": 1}),
        ("GET", f"{other}/codes", None),
        ("GET", f"{other}/codes.csv", None),
        ("PUT", f"{other}/codes/SAVE", {"disabled": True}),
        ("PUT", f"/{made['id']}/codes/MORE", {"disabled": True}),
        ("PUT", f"/{made['id']}/codes/=1", {"disabled": True}),
    ]
    for method, path, body in asked:
        assert (await desk.call(method, path, json=body)).status_code == 404, path


async def test_the_export_says_what_became_of_each_code_and_runs_nothing(desk: Desk) -> None:
    made = await desk.make("ONE", "TWO", once=True, title='=HYPERLINK("x"), twice')
    await desk.add(made, "ALL-24")
    await desk.use((made, "TWO"))
    assert (await desk.call("PUT", f"/{made['id']}/codes/all-24", json={"disabled": True})).status_code == 204
    answer = await desk.call("GET", f"/{made['id']}/codes.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == f'attachment; filename="codes-{made["id"]}.csv"'
    title = '\'=HYPERLINK("x"), twice'
    assert list(csv.reader(io.StringIO(answer.text, newline="")))[1:] == [
        ["ALL-24", title, "no", "yes", "no"],
        ["ONE", title, "yes", "no", "no"],
        ["TWO", title, "yes", "no", "yes"],
    ]
    listed = (await desk.call("GET", f"/{made['id']}/codes")).json()["items"]
    assert [(each["code"], each["once"], each["disabled"], each["spent"]) for each in listed] == [
        *(("ALL-24", False, True, False), ("ONE", True, False, False), ("TWO", True, False, True))
    ]


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@a", "\ta", "\ra"])
def test_a_cell_that_begins_as_a_formula_does_is_defused(cell: str) -> None:
    assert defused(cell) == f"'{cell}"
    assert defused(f"a{cell}") == f"a{cell}"

"""Edits of the stock of several variants: what each row becomes, once, whatever happens meanwhile."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest

from catalog.stockroom.domain import LIMIT, Level, Planned, Wish, plan
from catalog.tests.catalog_state import books
from catalog.tests.shop import PRINT, Shop, simple
from chassis.resilience import failpoints
from chassis.values import uuid7

EDITS = "/api/v1/admin/stockroom/edits"
LEVEL = Level(uuid7(), "A", on_hand=10, reserved=4, tracked=True, backorder=False, low_at=3)


async def edit(
    shop: Shop, *rows: dict[str, Any], key: str | None = None, reason: str = "received", **fields: Any
) -> httpx.Response:
    headers = {**shop.staff, "Idempotency-Key": key or str(uuid4())}
    return await shop.client.post(EDITS, json={"reason": reason, "rows": rows, **fields}, headers=headers)


async def preview(shop: Shop, *rows: Any, **fields: Any) -> httpx.Response:
    body = {"reason": "counted", "rows": rows, **fields}
    return await shop.client.post(f"{EDITS}/previews", json=body, headers=shop.staff)


@pytest.mark.parametrize(
    ("wish", "outcome", "problem"),
    [
        ({}, "unchanged", None),
        ({"delta": 5}, "changed", None),
        ({"delta": -6}, "changed", None),
        ({"delta": -7}, "refused", "stock-reserved"),
        ({"on_hand": 3}, "refused", "stock-reserved"),
        ({"on_hand": 3, "backorder": True}, "changed", None),
        ({"on_hand": 3, "tracked": False}, "changed", None),
        ({"on_hand": 10}, "unchanged", None),
        ({"on_hand": 10, "expected_on_hand": 10, "low_at": None, "keeps_low_at": False}, "changed", None),
        ({"on_hand": 12, "expected_on_hand": 9}, "refused", "stock-differs"),
        ({"delta": LIMIT}, "refused", "stock-out-of-range"),
        ({"low_at": 3, "keeps_low_at": False}, "unchanged", None),
        ({"low_at": 0, "keeps_low_at": False}, "changed", None),
    ],
)
def test_each_row_is_decided_by_itself(wish: dict[str, Any], outcome: str, problem: str | None):
    planned = plan(LEVEL, Wish(sku="A", **wish))
    assert (planned.outcome, planned.problem) == (outcome, problem)
    assert (planned.after == planned.before) == (outcome != "changed")


def test_what_is_oversold_already_may_still_get_a_threshold():
    short = Level(LEVEL.variant_id, "A", on_hand=-2, reserved=0, tracked=True, backorder=False, low_at=None)
    assert plan(short, Wish(sku="A", low_at=5, keeps_low_at=False)).outcome == "changed"
    assert plan(None, Wish(sku="A")) == Planned("A", "not_found")


ROWS: tuple[dict[str, Any], ...] = (
    {"sku": "TIDE-50", "on_hand": 8, "low_at": 2},
    {"sku": "TIDE-30", "delta": -9},
    {"sku": "NONE", "delta": 1},
    {"sku": "ONE", "delta": 3, "backorder": True},
    {"sku": "TWO", "on_hand": 10},
)


async def test_a_preview_and_the_edit_say_the_same_and_only_the_edit_writes(shop: Shop):
    await shop.stock_up(PRINT, simple("ONE"), simple("TWO"))
    await shop.reserve(TIDE_30=2)
    foreseen = await preview(shop, *ROWS)
    assert foreseen.status_code == 200, foreseen.text
    assert await shop.level("TIDE-50") == (5, 0)
    done = await edit(shop, *ROWS, note=" delivery of Friday ")
    assert (done.status_code, done.json()) == (200, foreseen.json())
    items = done.json()["items"]
    assert [(each["outcome"], each["problem"]) for each in items] == [
        ("changed", None),
        ("refused", "stock-reserved"),
        ("not_found", None),
        ("changed", None),
        ("unchanged", None),
    ]
    assert items[0]["before"] | {"on_hand": 8, "low_at": 2} == items[0]["after"]
    assert (items[2]["before"], items[2]["after"]) == (None, None)
    found = [await shop.level(sku) for sku in ("TIDE-50", "TIDE-30", "ONE", "TWO")]
    assert found == [(8, 0), (10, 2), (13, 0), (10, 0)]
    assert len(await shop.events("stock.changed")) == 3  # one of the reservation
    async with shop.db.read() as tx:
        moved = "select delta, reason, note from stock_movements where note is not null order by delta"
        rows: list[dict[str, Any]] = await tx.rows(dict, moved)
        assert [tuple(row.values()) for row in rows] == [
            (3, "received", "delivery of Friday"),
            (3, "received", "delivery of Friday"),
        ]
        line = "select before, after from audit_lines where action = 'stock.edited'"
        audited: dict[str, Any] | None = await tx.row(dict, line)
    assert audited is not None
    assert audited["before"]["ONE"]["on_hand"] == 10
    assert audited["after"]["ONE"] == {"on_hand": 13, "tracked": True, "backorder": True, "low_at": None}
    assert audited["after"]["reason"] == "received"
    again = (await edit(shop, {"sku": "TIDE-50", "low_at": None}, {"sku": "NONE"})).json()["items"]
    assert (again[0]["outcome"], again[0]["after"]["low_at"], again[1]["outcome"]) == ("changed", None, "not_found")
    assert (await edit(shop, {"sku": "TIDE-50"})).json()["items"][0]["outcome"] == "unchanged"
    await books(shop)


async def test_an_edit_is_made_once_for_its_key_also_when_it_comes_twice_at_once(shop: Shop):
    await shop.stock_up(PRINT)
    row = {"sku": "TIDE-30", "on_hand": 20}
    answers = await asyncio.gather(*(edit(shop, row, key="k1") for _ in range(3)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    # Sold in between: a repetition does not bring it back.
    order = uuid7()
    await shop.reserve(order, TIDE_30=5)
    await shop.commit(order)
    again = await edit(shop, row, key="k1")
    assert again.headers["idempotent-replayed"] == "true"
    assert await shop.level("TIDE-30") == (15, 0)
    assert (await edit(shop, {**row, "on_hand": 21}, key="k1")).json()["type"] == "idempotency-key-reused"
    await books(shop)


async def test_a_death_before_the_end_leaves_nothing_and_the_repetition_does_it_all(shop: Shop):
    await shop.stock_up(PRINT)
    rows = [{"sku": "TIDE-30", "delta": 5, "low_at": 7}, {"sku": "TIDE-50", "delta": 1}]
    failpoints.configure("stock_edit.written=raise*1")
    try:
        assert (await edit(shop, *rows, key="k1")).status_code == 500
    finally:
        failpoints.configure("")
    assert [await shop.level(sku) for sku in ("TIDE-30", "TIDE-50")] == [(10, 0), (5, 0)]
    assert (await edit(shop, *rows, key="k1")).status_code == 200
    assert [await shop.level(sku) for sku in ("TIDE-30", "TIDE-50")] == [(15, 0), (6, 0)]
    await books(shop)


async def test_edits_and_orders_at_once_never_oversell_and_none_is_lost(shop: Shop):
    await shop.stock_up(PRINT)
    skus = ["TIDE-30", "TIDE-50"]
    edits = [edit(shop, *({"sku": sku, "delta": -1} for sku in skus[:: 1 if n % 2 else -1])) for n in range(5)]
    answers = await asyncio.gather(*edits, *(shop.reserve(TIDE_30=2, TIDE_50=1) for _ in range(4)))
    assert {answer.status_code for answer in answers} <= {200, 201, 409}
    rows = [row for answer in answers[: len(edits)] for row in answer.json()["items"]]
    for sku, had in zip(skus, (10, 5), strict=True):
        on_hand, reserved = await shop.level(sku)
        assert on_hand == had - sum(row["sku"] == sku and row["outcome"] == "changed" for row in rows)
        assert 0 <= reserved <= on_hand
    await books(shop)


async def test_a_bad_edit_is_refused_and_changes_nothing(shop: Shop):
    await shop.stock_up(PRINT)
    bad: list[Any] = [
        [],
        [{"sku": "TIDE-30"}, {"sku": "TIDE-30"}],
        [{"sku": "TIDE-30", "delta": 1, "on_hand": 2}],
        [{"sku": "TIDE-30", "delta": 2**63}],
        [{"sku": "TIDE-30", "delta": "1"}],
        [{"sku": "TIDE-30", "on_hand": -1}],
        [{"sku": "TIDE-30", "low_at": -1}],
        [{"sku": "a\0"}],
        [{"sku": f"S{n}"} for n in range(101)],
    ]
    for rows in bad:
        assert (await edit(shop, *rows)).status_code == 422, rows
        assert (await preview(shop, *rows)).status_code == 422, rows
    assert (await edit(shop, {"sku": "TIDE-30"}, reason="because")).json()["errors"][0]["field"] == "reason"
    for note in ("a" * 501, "a\nb", ""):
        assert (await edit(shop, {"sku": "TIDE-30", "delta": 1}, note=note)).status_code == 422
    body = {"reason": "lost", "rows": [{"sku": "TIDE-30", "delta": -1}]}
    assert (await shop.client.post(EDITS, json=body, headers=shop.staff)).json()["type"] == "missing-idempotency-key"
    reader = shop.app.token(scopes=("catalog:read", "catalog:write"))
    assert (await shop.client.post(EDITS, json=body, headers=reader)).status_code == 403
    assert await shop.level("TIDE-30") == (10, 0)

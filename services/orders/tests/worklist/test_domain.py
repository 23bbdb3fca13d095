"""Tags as people type them, rows of the export, and saved filters of another day."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.checkout import Order, Progress, StoredLine
from orders.worklist.api.filters import usable
from orders.worklist.domain.csv_rows import HEADER, last_row, rows_of
from orders.worklist.domain.filters import number_in
from orders.worklist.domain.tags import LONGEST, MOST, change, normalised


@pytest.mark.parametrize(
    ("typed", "tag"),
    [
        ("Gift", "gift"),
        ("  To   Paris ", "to paris"),
        ("\uff36\uff29\uff30", "vip"),
        ("Straße", "strasse"),
        ("x" * LONGEST, "x" * LONGEST),
        ("x" * (LONGEST + 1), None),
        ("", None),
        (" \u3000 ", None),
        ("a,b", None),
        ("a\u200bb", None),
        ("a\x00b", None),
    ],
)
def test_a_tag_has_one_spelling(typed: str, tag: str | None) -> None:
    assert normalised(typed) == tag


@given(st.text(max_size=60))
def test_a_tag_that_is_normalised_stays_as_it_is(typed: str) -> None:
    tag = normalised(typed)
    assert tag is None or (normalised(tag) == tag and len(tag) <= LONGEST)


_TAGS = st.sets(st.sampled_from([f"tag {number}" for number in range(40)]))


@given(_TAGS, _TAGS, _TAGS)
def test_a_change_of_tags_made_again_changes_nothing(has: set[str], add: set[str], remove: set[str]) -> None:
    first = change(has, add, remove)
    assert set(first.after) == (has | set(first.added)) - set(first.removed)
    assert set(first.added).isdisjoint(has)
    assert set(first.removed) <= has
    assert set(first.after).isdisjoint(remove)
    again = change(first.after, add, remove)
    assert (again.added, again.removed, again.after) == ([], [], first.after)
    assert first.fits == (len(first.after) <= MOST)


@pytest.mark.parametrize(
    ("text", "number"), [("m-7f3k9q", "M-7F3K9Q"), ("# 7F3 K9Q", "M-7F3K9Q"), ("lovelace", None), ("7F3K9", None)]
)
def test_a_text_may_be_a_number(text: str, number: str | None) -> None:
    assert number_in(text) == number


def test_saved_filters_that_are_no_more_are_named() -> None:
    stored = {"life": ["open", "lost"], "mood": "fine", "country": "GB", "limit": 7, "tag": ["Gift", "a,b"]}
    assert usable(stored) == ({"country": "GB"}, ["life", "limit", "mood", "tag"])
    assert usable({}) == ({}, [])


def _order() -> Order:
    line = StoredLine(
        position=1,
        variant_id=UUID(int=1),
        sku="=SKU()",
        title="@cmd",
        variant_title="30 x 40",
        slug="x",
        image_url=None,
        unit_price=1000,
        quantity=2,
        total=2000,
        discount=1,
        tax=2,
    )
    at = datetime(2026, 11, 1, 9, 30, tzinfo=UTC)
    return Order(
        id=UUID(int=2),
        number="M-7F3K9Q",
        account_id=UUID(int=3),
        token_hash=None,
        currency="KWD",
        subtotal=2000,
        shipping=0,
        rounding=-9,
        total=1990,
        discount=1,
        status="paid",
        version=1,
        payment="captured",
        stock="committed",
        cancel_reason=None,
        attention=None,
        cancelled_at=None,
        placed_at=at,
        expires_at=at,
        paid_at=at,
        expired=False,
        lines=[line, line],
        email="+ada@example.com",
        shipping_address={"name": "-Ada", "country": "GB"},
        tax=2,
        progress=Progress(refunded=5),
    )


def test_a_row_of_the_export_has_the_figures_of_line_and_order() -> None:
    rows = [dict(zip(HEADER, row, strict=True)) for row in rows_of(_order(), ["a", "b"], 7)]
    assert [row["row"] for row in rows] == [7, 8]
    expected = {
        "record": "line",
        "number": "M-7F3K9Q",
        "placed_at": "2026-11-01T09:30:00.000Z",
        "cancelled_at": None,
        "payment_status": "partly_refunded",
        "fulfilment_status": "unfulfilled",
        "life": "open",
        "tags": "a,b",
        "email": "'+ada@example.com",
        "name": "'-Ada",
        "country": "GB",
        "shipping_method": "",
        "currency": "KWD",
        "order_total": 1990,
        "order_total_decimal": "1.990",
        "order_refunded_decimal": "0.005",
        "sku": "'=SKU()",
        "title": "'@cmd",
        "quantity": 2,
        "line_unit_price": 1000,
        "line_paid_decimal": "2.000",
    }
    assert {name: rows[0][name] for name in expected} == expected
    assert last_row(8, more=False)[:3] == ["end", 8, None]
    assert len(last_row(8, more=True)) == len(HEADER)

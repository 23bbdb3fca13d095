"""The export of orders: whole and in parts, and a file that was cut off is told from a whole one."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from orders.tests.refunds.cashier import TWO
from orders.tests.worklist.clerk import LIST, Clerk
from orders.worklist.domain.csv_rows import HEADER
from orders.worklist.domain.filters import Filters
from orders.worklist.store import candidates, pages
from orders.worklist.usecases import export_orders as exporting


def _read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


async def test_a_row_for_each_line_and_a_last_one_that_counts_them(
    clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "AT_ONCE", 2)
    sold = await clerk.sold(*TWO)
    others = [await clerk.placed(age=age, title="=HYPERLINK()", email="+x@example.com") for age in (10, 20, 30)]
    await clerk.edit(others[0], add_tags=["gift", "=b"])
    answer = await clerk.get(f"{LIST}/export.csv")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "content-length" not in answer.headers
    rows = _read(answer.text)
    assert [row["order_id"] for row in rows[:-1]] == [str(sold), str(sold), *map(str, others)]
    assert [row["row"] for row in rows] == ["1", "2", "3", "4", "5", "5"]
    assert [row["record"] for row in rows] == ["line"] * 5 + ["end"]
    assert (rows[2]["title"], rows[2]["email"], rows[2]["tags"]) == ("'=HYPERLINK()", "'+x@example.com", "'=b,gift")
    shown = await clerk.shown(sold)
    assert (rows[0]["order_total"], rows[0]["placed_at"]) == (str(shown["total"]["amount"]), rows[1]["placed_at"])
    assert sum(int(row["line_paid"]) for row in rows[:2]) + 490 == int(rows[0]["order_total"])
    assert rows[0]["line_unit_price_decimal"] == "10.00"
    assert rows[0]["placed_at"][:19] == shown["placed_at"][:19]
    found = await clerk.get(f"{LIST}/export.csv", tag="gift", text="hyperlink")
    assert [row["order_id"] for row in _read(found.text)] == [str(others[0]), ""]
    nothing = await clerk.get(f"{LIST}/export.csv", tag="nobody")
    assert nothing.text.splitlines() == [",".join(HEADER), "end,0" + "," * (len(HEADER) - 2)]
    audited = await clerk.rows("select after from audit_lines where action = 'orders.exported' order by id")
    assert [row["after"]["filters"] for row in audited] == [[], ["text", "tag"], ["tag"]]


async def test_an_export_of_too_many_says_that_there_are_more(clerk: Clerk) -> None:
    newest = [await clerk.placed(age=age) for age in range(3)]
    parts = [part async for part in exporting.export_orders(clerk.service.ctx, Filters(), most=2)]
    rows = _read(b"".join(parts).decode())
    assert [row["order_id"] for row in rows] == [*map(str, newest[:2]), ""]
    assert (rows[-1]["record"], rows[-1]["row"]) == ("more", "2")
    whole = [part async for part in exporting.export_orders(clerk.service.ctx, Filters(), most=3)]
    assert _read(b"".join(whole).decode())[-1]["record"] == "end"


async def test_an_export_that_breaks_has_no_last_row(clerk: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "AT_ONCE", 1)
    for age in range(3):
        await clerk.placed(age=age)
    export = exporting.export_orders(clerk.service.ctx, Filters())
    parts = [await anext(export), await anext(export)]
    async with _away(clerk, "order_search"):
        with pytest.raises(asyncpg.UndefinedTableError):
            await anext(export)
    assert [row["record"] for row in _read(b"".join(parts).decode())] == ["line"]


@asynccontextmanager
async def _away(clerk: Clerk, table: str) -> AsyncIterator[None]:
    """As where the database fails in the middle: it has not this table."""
    owner = await asyncpg.connect(clerk.service.db_owner_url)
    try:
        await owner.execute(f"alter table {table} rename to away")
        try:
            yield
        finally:
            await owner.execute(f"alter table away rename to {table}")
    finally:
        await owner.close()


async def test_what_a_page_did_not_look_at_is_on_the_next_one(clerk: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A filter that finds few of many: pages are short or empty, and all of them together have all."""
    monkeypatch.setattr(candidates, "MOST", 3)
    monkeypatch.setattr(pages, "MOST", 3)
    orders = [await clerk.placed(age=age) for age in range(10)]
    await clerk.edit(orders[1], orders[8], archived=True)
    first = (await clerk.get(life="archived", limit=1)).json()
    assert [each["id"] for each in first["items"]] == [str(orders[1])]
    second = (await clerk.get(life="archived", limit=1, cursor=first["next_cursor"])).json()
    assert second["items"] == []
    assert second["next_cursor"] is not None
    assert await clerk.found(life="archived") == [orders[1], orders[8]]
    assert await clerk.found(life="archived", sort="oldest") == [orders[8], orders[1]]
    rows = _read((await clerk.get(f"{LIST}/export.csv", life="archived")).text)
    assert [row["order_id"] for row in rows] == [str(orders[1]), str(orders[8]), ""]

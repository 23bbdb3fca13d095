"""The export of a shop, imported again: where it was, and into an empty shop."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import Any
from uuid import uuid4

from catalog.exporting.usecases import export_products
from catalog.importing import ImportOptions, ImportResult, MediaDraft, import_export
from catalog.tests.shop import PRINT, Shop, simple
from chassis.values import uuid7

EXPORT = "/api/v1/admin/products/export.csv"
URL = "https://img.example.com/{}.jpg".format
ALL = """
select (select jsonb_agg(p order by id) from (select id, slug, version, title, tags from products) p) as products,
       (select jsonb_agg(v order by id) from (select id, sku, position, active, media_id from variants) v) as variants,
       (select jsonb_agg(m order by id) from (select id, position, alt, source_url, digest from media) m) as media,
       (select jsonb_agg(p order by variant_id, currency) from variant_prices p) as prices,
       (select jsonb_agg(s order by variant_id)
        from (select variant_id, on_hand, tracked, backorder from stock) s) as stock
"""
PICTURE = """
insert into media (id, product_id, position, alt, digest, content_type, width, height, widths, stored_at)
select $1, id, $2, 'Mine', repeat('a', 64), 'image/webp', 320, 200, '{320}', now() from products where slug = $3
"""


def euros(amount: int, currency: str = "EUR") -> dict[str, Any]:
    return {"amount": amount, "currency": currency}


async def exported(shop: Shop, **query: str) -> bytes:
    got = await shop.client.get(EXPORT, headers=shop.staff, params=query)
    assert got.status_code == 200, got.text
    assert (
        got.headers["content-disposition"]
        == f'attachment; filename="products-{query.get("currency", "eur").lower()}.csv"'
    )
    return got.content


async def taken_in(shop: Shop, content: bytes, **options: Any) -> ImportResult:
    return await import_export(shop.db, content, ImportOptions(**{"currency": "EUR", **options}))


async def everything(shop: Shop) -> list[dict[str, Any]]:
    async with shop.db.read() as tx:
        return await tx.rows(dict, ALL)


async def a_shop(shop: Shop) -> None:
    """Products as an API and an import make them, with gaps in positions, and what was retired, uploaded, oversold."""
    media = tuple(MediaDraft(source_url=URL(place), alt=f"No {place}") for place in range(3))
    shown = replace(
        PRINT,
        media=media,
        tax_class="reduced",
        variants=(PRINT.variants[0], replace(PRINT.variants[1], image=media[1].key)),
    )
    more = (
        simple("OVER", -3, backorder=True),
        simple("FREE", None, tracked=False, price=0),
        simple("OLD", status="archived"),
    )
    await shop.stock_up(shown, *more)
    await shop.stock_up(replace(shown, variants=(shown.variants[1],)))
    body = {
        "title": "=1+1  \u00e9", "slug": "by-hand", "tags": ["a,b", "A", "a"], "options": ["Size", "size"],
        "vendor": "'x",
        "variants": [
            {"sku": sku, "option_values": [value, "1"], "on_hand": 2, "barcode": "0012345",
             "prices": [{"price": euros(1999), "compare_at": euros(2500)}, {"price": euros(2100, "USD")}]}
            for sku, value in (("1E5", "S"), ("+x", "s"), ("'007", "3-4"))
        ],
    }  # fmt: skip
    headers = {**shop.staff, "Idempotency-Key": str(uuid4())}
    made = await shop.client.post("/api/v1/admin/products", json=body, headers=headers)
    assert made.status_code == 201, made.text
    async with shop.db.write() as tx:
        # The same picture twice, before the others and behind them; and one that left, whose place stays empty.
        for place in (9, 10):
            await tx.execute(PICTURE, uuid7(), place, "tide-no-4")
        await tx.execute("delete from media where source_url = $1", URL(0))
        await tx.execute("update media set position = 1 where position = 10")
        sql = "update variants set position = 7, media_id = (select id from media where position = 9) where sku = $1"
        await tx.execute(sql, "TIDE-50")
        await tx.execute("update variants set position = 5 where sku in ('+x', '''007')")


async def test_an_export_changes_nothing_where_it_came_from_and_makes_the_same_shop_anew(shop: Shop):
    await a_shop(shop)
    before = await everything(shop), await shop.events("product.changed")
    first = await exported(shop)
    assert first.startswith("\ufeffHandle,Title,".encode())
    for stock in (False, True):
        done = await taken_in(shop, first, overwrite_stock=stock)
        assert (done.unchanged, done.created, done.updated, done.refused) == (5, 0, 0, 0), done.problems
    assert (await everything(shop), await shop.events("product.changed")) == before
    dollars = await exported(shop, currency="USD")
    async with shop.db.write() as tx:
        for table in ("stock_movements", "stock", "products"):
            await tx.execute(f"delete from {table}")
    done = await taken_in(shop, first)
    assert (done.created, done.refused, done.refused_rows) == (5, 0, 0), done.problems
    assert await exported(shop) == first
    await taken_in(shop, dollars, currency="USD")
    assert await exported(shop, currency="USD") == dollars


async def test_a_file_of_part_of_the_shop_is_sent_in_parts(shop: Shop, monkeypatch: Any):
    await shop.stock_up(*(simple(f"S{place}") for place in range(5)), simple("OLD", status="archived"))
    whole = await exported(shop, status="active")
    monkeypatch.setattr(export_products, "AT_ONCE", 2)
    monkeypatch.setattr(export_products, "_PART", 10)
    assert await exported(shop, status="active") == whole
    assert [line.partition(",")[0] for line in whole.decode().splitlines()[1:]] == [f"s{place}" for place in range(5)]
    async with shop.db.read() as tx:
        assert await tx.value("select count(*) from audit_lines where action = 'products.exported'") == 2


async def test_only_staff_export(shop: Shop):
    assert (await shop.client.get(EXPORT)).status_code == 401
    shopper = shop.app.token(scopes=())
    assert (await shop.client.get(EXPORT, headers=shopper)).status_code == 403
    wrong = await shop.client.get(EXPORT, headers=shop.staff, params={"currency": "XXX"})
    assert wrong.status_code == 422


async def test_an_edit_in_a_spreadsheet_with_semicolons_is_taken(shop: Shop):
    await a_shop(shop)
    rows = list(csv.reader(io.StringIO((await exported(shop)).decode())))
    edits = {"19.99": "21,50", "'=1+1  \u00e9": "'=2+2"}
    out = io.StringIO()
    edited = [[edits.get(cell, cell) for cell in row] for row in rows if row[0] != "over"]
    csv.writer(out, delimiter=";").writerows(edited)
    done = await taken_in(shop, out.getvalue().encode())
    assert (done.updated, done.refused_rows) == (1, 0), done.problems
    async with shop.db.read() as tx:
        assert await tx.value("select title from products where slug = 'by-hand'") == "=2+2"
        assert (
            await tx.value("select distinct amount from variant_prices where amount > 2100 and amount < 2400") == 2150
        )

"""What staff does."""

from __future__ import annotations

import httpx
import pytest

from catalog.api.imports import ImportReport
from catalog.tests.shop import Shop

EXPORT = b"""Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Variant SKU,\
Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,Variant Price,Image Src,Status
mug,Mug,<p>Holds tea.</p><script>x</script>,Potter,Cup,"clay, blue",true,Size,S,MUG-S,shopify,4,deny,12.50,\
https://gone.example/mug.jpg,active
mug,,,,,,,,L,MUG-L,shopify,-2,deny,abc,,
bowl,Bowl,,Potter,Bowl,,false,,,BOWL,,,deny,20,,draft
"""
STOCK = "/api/v1/admin/stock"


async def upload(
    shop: Shop, data: bytes = EXPORT, query: str = "currency=EUR", kind: str = "text/csv; charset=utf-8"
) -> httpx.Response:
    sent = {"Content-Type": kind, **shop.staff}
    return await shop.client.post(f"/api/v1/admin/imports?{query}", content=data, headers=sent)


async def test_an_export_is_imported_and_every_refused_row_reported(shop: Shop):
    answer = await upload(shop)
    report = ImportReport.model_validate_json(answer.content)
    assert answer.status_code == 200
    assert (report.rows, report.created, report.updated, report.unchanged, report.refused_rows) == (3, 2, 0, 0, 1)
    refused = [problem for problem in report.problems if problem.severity == "refused"]
    assert [(problem.row, problem.handle, problem.column) for problem in refused] == [(3, "mug", "Variant Price")]
    mug = (await shop.client.get("/api/v1/products/mug")).json()
    assert mug["description_html"] == "<p>Holds tea.</p>"
    assert [(variant["sku"], variant["available"]) for variant in mug["variants"]] == [("MUG-S", 4)]
    assert mug["images"][0]["source_url"] == "https://gone.example/mug.jpg"
    assert (await shop.client.get("/api/v1/products/bowl")).status_code == 404


async def test_the_same_file_again_changes_nothing(shop: Shop):
    await upload(shop)
    again = (await upload(shop)).json()
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 2)


async def test_stock_is_overwritten_on_demand_only(shop: Shop):
    await upload(shop)
    await shop.client.put(f"{STOCK}/MUG-S", json={"on_hand": 9}, headers=shop.staff)
    await upload(shop)
    assert await shop.level("MUG-S") == (9, 0)
    await upload(shop, query="currency=EUR&stock=overwrite")
    assert await shop.level("MUG-S") == (4, 0)


async def test_a_file_that_is_no_export_is_refused_and_nothing_changes(shop: Shop):
    for data in (b"", b"PK\x03\x04", b"a,b\n1,2\n", b"\xff\xfe\x00"):
        refused = await upload(shop, data)
        assert (refused.status_code, refused.json()["type"]) == (422, "not-an-export")
        assert len(refused.json()["detail"]) > 20
    assert (await upload(shop, kind="application/json")).status_code == 415
    assert (await upload(shop, query="currency=euro")).status_code == 422
    assert (await upload(shop, query="encoding=klingon")).status_code == 422
    async with shop.db.read() as tx:
        assert await tx.value("select count(*) from products") == 0


async def test_an_unclear_encoding_is_refused_with_a_question(shop: Shop):
    data = "Handle,Title,Variant Price\ncreme,Cr\u00e8me,5\n".encode("cp1252")
    asked = await upload(shop, data)
    assert (asked.status_code, asked.json()["type"]) == (422, "unclear-encoding")
    assert {"encoding": "cp1252", "line": "Cr\u00e8me,5"} in asked.json()["candidates"]
    assert (await upload(shop, data, query="encoding=CP1252")).json()["created"] == 1
    assert (await shop.client.get("/api/v1/products/creme")).json()["title"] == "Cr\u00e8me"


async def test_prices_are_in_the_shops_own_currency_unless_said_and_can_be_removed(shop: Shop):
    assert (await upload(shop, query="")).json()["currency"] == "EUR"
    dollars = (await upload(shop, query="currency=USD&remove_prices=EUR")).json()
    assert (dollars["currency"], dollars["updated"], dollars["prices_removed"]) == ("USD", 2, 2)
    mug = (await shop.client.get("/api/v1/admin/products/mug", headers=shop.staff)).json()
    assert [each["price"]["currency"] for each in mug["variants"][0]["prices"]] == ["USD"]
    again = (await upload(shop, query="currency=USD&remove_prices=EUR")).json()
    assert (again["unchanged"], again["prices_removed"]) == (2, 0)


async def test_a_file_of_stock_alone_sets_it_unless_it_is_to_be_kept(shop: Shop):
    await upload(shop)
    data = b"SKU,Inventory quantity\nMUG-S,33\n"
    assert (await upload(shop, data, query="stock=keep")).json()["stock_set"] == 0
    assert await shop.level("MUG-S") == (4, 0)
    report = (await upload(shop, data, query="")).json()
    assert (report["stock_set"], report["stock_changed"], report["refused_rows"]) == (1, 1, 0)
    assert await shop.level("MUG-S") == (33, 0)


async def test_findings_beyond_the_limit_are_counted(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("catalog.api.imports.MOST_PROBLEMS", 1)
    report = (await upload(shop)).json()
    assert [problem["severity"] for problem in report["problems"]] == ["refused"]
    assert report["problems_not_listed"] == 1


async def test_a_file_may_be_large_but_not_endless(shop: Shop):
    padding = b"# " + b"x" * 1_500_000 + b"\n"
    assert (await upload(shop, EXPORT + padding)).status_code in {200, 422}
    assert (await upload(shop, b"x" * 10_000_001)).status_code == 413


OPERATIONS: list[tuple[str, str, str]] = [
    ("POST", "imports?currency=EUR", "catalog:write"),
    ("GET", "products", "catalog:read"),
    ("GET", "products/tide-no-4", "catalog:read"),
    ("PATCH", "products/tide-no-4", "catalog:write"),
    ("PUT", "products/tide-no-4/prices", "catalog:write"),
    ("GET", "stock/TIDE-30", "catalog:read"),
    ("PUT", "stock/TIDE-30", "stock:write"),
    ("POST", "stock/TIDE-30/adjustments", "stock:write"),
]


@pytest.mark.parametrize(("method", "path", "scope"), OPERATIONS)
async def test_each_operation_needs_its_own_permission(shop: Shop, method: str, path: str, scope: str):
    others = tuple({"catalog:read", "catalog:write", "stock:write", "orders:write"} - {scope})
    url = f"/api/v1/admin/{path}"
    assert (await shop.client.request(method, url)).status_code == 401
    assert (await shop.client.request(method, url, headers=shop.app.token())).status_code == 403
    assert (await shop.client.request(method, url, headers=shop.app.token(scopes=others))).status_code == 403
    assert (await shop.client.request(method, url, headers=shop.orders)).status_code == 401
    allowed = await shop.client.request(method, url, headers=shop.app.token(scopes=(scope,)))
    assert allowed.status_code not in {401, 403}

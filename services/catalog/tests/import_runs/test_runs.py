"""Imports of uploaded files: what their columns hold, tries, progress, and what became of each row."""

from __future__ import annotations

import asyncio
from typing import Any, get_args
from uuid import UUID, uuid4

import httpx
import pytest
from pydantic import ValidationError

from catalog.import_runs.api.models import ColumnField, ImportWish
from catalog.import_runs.store import files
from catalog.import_runs.usecases.keep_file import keep_file
from catalog.import_runs.usecases.run_import import RunTurn, run_import
from catalog.importing import MAPPABLE, writes
from catalog.tests.catalog_state import state
from catalog.tests.shop import PRINT, Shop, simple
from chassis.db import Database
from chassis.problems import Unavailable
from chassis.resilience import failpoints
from chassis.testing import eventually
from chassis.values import uuid7

FILES, RUNS = "/api/v1/admin/imports/files", "/api/v1/admin/imports/runs"
# Semicolons, decimal commas, a byte order mark, a name twice, an empty line, a text of two lines, Windows line ends.
GERMAN = (
    "\ufeffArtikelnummer;Bezeichnung;Preis;Preis;Gr\u00f6\u00dfe;Bestand;Langtext\r\n"
    'A-1;Tasse;12,50;1.234,50;klein;3;"Zwei\r\nZeilen"\r\n'
    ";;;;;;\r\n"
    "A-2;Tasse;x;1.300,00;gro\u00df;4;\r\n"
    "A-3;Krug;x;kostenlos;;5;\r\n"
)
COLUMNS = ["sku", "title", None, "price", "option1_value", "quantity", "body"]
MAPPED = [{"position": place, "field": field} for place, field in enumerate(COLUMNS, 1)]


async def upload(shop: Shop, text: str | bytes, key: str | None = None, **query: str) -> httpx.Response:
    content = text.encode() if isinstance(text, str) else text
    headers = {**shop.staff, "Idempotency-Key": key or str(uuid4()), "Content-Type": "text/csv"}
    return await shop.client.post(FILES, content=content, headers=headers, params=query)


async def start(shop: Shop, file_id: str, key: str | None = None, **wish: Any) -> httpx.Response:
    headers = {**shop.staff, "Idempotency-Key": key or str(uuid4())}
    return await shop.client.post(RUNS, json={"file_id": file_id, **wish}, headers=headers)


async def ended(shop: Shop, run_id: str) -> dict[str, Any]:
    async def over() -> dict[str, Any] | None:
        run: dict[str, Any] = (await shop.client.get(f"{RUNS}/{run_id}", headers=shop.staff)).json()
        return run if run["finished_at"] else None

    return await eventually(over, what="the end of the run")


async def done(shop: Shop, text: str | bytes, **wish: Any) -> dict[str, Any]:
    sent = await upload(shop, text)
    assert sent.status_code == 201, sent.text
    begun = await start(shop, sent.json()["id"], **wish)
    assert begun.status_code == 202, begun.text
    return await ended(shop, begun.json()["id"])


async def findings(shop: Shop, run_id: str, **query: Any) -> list[tuple[int, str]]:
    found = await shop.client.get(f"{RUNS}/{run_id}/findings", headers=shop.staff, params=query)
    assert found.status_code == 200, found.text
    return [(each["row"], each["code"]) for each in found.json()["items"]]


async def test_a_file_of_any_columns_is_tried_and_then_imported_as_its_mapping_says(shop: Shop):
    sent = await upload(shop, GERMAN, name="Fr\u00fchling.csv")
    assert sent.status_code == 201, sent.text
    file = sent.json()
    assert (file["name"], file["delimiter"], file["note"]) == ("Fr\u00fchling.csv", ";", None)
    assert [(each["position"], each["name"]) for each in file["columns"]][:4] == [
        (1, "Artikelnummer"), (2, "Bezeichnung"), (3, "Preis"), (4, "Preis"),
    ]  # fmt: skip
    assert file["columns"][3]["examples"] == ["1.234,50", "1.300,00", "kostenlos"]
    assert {each["field"] for each in file["columns"]} == {None}
    wish: dict[str, Any] = {"columns": MAPPED, "decimal": ",", "stock": "overwrite"}
    tried = await ended(shop, (await start(shop, file["id"], dry_run=True, **wish)).json()["id"])
    assert (tried["state"], tried["created"], tried["rows_refused"]) == ("done", 1, 1), tried
    assert await state(shop.db) == {}
    assert await shop.events("product.changed") == []
    real = await ended(shop, (await start(shop, file["id"], **wish)).json()["id"])
    same = real.keys() - {"id", "dry_run", "created_at", "started_at", "finished_at"}
    assert {name: real[name] for name in same} == {name: tried[name] for name in same}
    assert (real["rows"], real["products"], real["products_done"]) == (3, 1, 1)
    assert await findings(shop, real["id"]) == await findings(shop, tried["id"]) == [(5, "bad-price")]
    cup = (await state(shop.db))["tasse"]
    assert (cup["options"], cup["description"]) == (["Gr\u00f6\u00dfe"], "Zwei\nZeilen")
    prices = {name: (each["sku"], each["price"], each["stock"]) for name, each in cup["variants"].items()}
    assert prices == {"klein": ("A-1", 123450, 3), "gro\u00df": ("A-2", 130000, 4)}
    listed = (await shop.client.get(RUNS, headers=shop.staff, params={"limit": 1})).json()
    assert [each["id"] for each in listed["items"]] == [real["id"]]
    more = {"limit": 1, "cursor": listed["next_cursor"]}
    assert (await shop.client.get(RUNS, headers=shop.staff, params=more)).json()["items"][0]["id"] == tried["id"]


async def test_a_try_tells_what_the_import_does_to_products_that_are_here(shop: Shop):
    await shop.stock_up(PRINT, simple("ONE"), currency="EUR")
    text = "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price\n"
    text += "tide-no-4,Ebb,Size,30 x 40,TIDE-30,20\none,ONE,,,ONE,10.00\nnew,New,,,N,\n"
    before = await state(shop.db), await shop.events("product.changed")
    tried = await done(shop, text, dry_run=True)
    assert (await state(shop.db), await shop.events("product.changed")) == before
    real = await done(shop, text)
    names = ("created", "updated", "unchanged", "refused", "retired", "rows_refused", "notices")
    assert [tried[name] for name in names] == [real[name] for name in names] == [0, 1, 1, 1, 1, 1, real["notices"]]
    for weight in ("refused", "changed", "notice"):
        told = await findings(shop, tried["id"], severity=weight)
        assert told == await findings(shop, real["id"], severity=weight)
    assert (await state(shop.db))["tide-no-4"]["title"] == "Ebb"


async def test_each_part_of_a_file_is_done_once_by_however_many_at_once(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("catalog.importing.products.BATCH_PRODUCTS", 2)
    names = [f"p{number}" for number in range(7)]
    text = "Handle,Title,Variant SKU,Variant Price,Variant Inventory Tracker,Variant Inventory Qty\n"
    text += "".join(f"{name},{name},{name.upper()},1,x,5\n" for name in names)
    file_id = (await upload(shop, text)).json()["id"]
    # As if each ran in a process of its own; one of them dies.
    shop.app.ctx.get(RunTurn).taken = asyncio.Semaphore(8)
    failpoints.configure("import_run.part=raise*1")
    try:
        run_id = (await start(shop, file_id)).json()["id"]
        await asyncio.gather(*(run_import(shop.app.ctx, UUID(run_id)) for _ in range(3)), return_exceptions=True)
        # The job's next try.
        await run_import(shop.app.ctx, UUID(run_id))
        run = await ended(shop, run_id)
    finally:
        failpoints.configure("")
    assert (run["products_done"], run["created"], run["unchanged"]) == (7, 7, 0)
    assert sorted(event["slug"] for event in await shop.events("product.changed")) == names
    by_sku = "Variant SKU,Variant Inventory Qty\n" + "".join(f"{name.upper()},9\n" for name in names) + "NONE,1\n"
    run = await done(shop, by_sku)
    assert (run["products"], run["products_done"], run["stock_changed"], run["rows_refused"]) == (7, 7, 7, 1)


async def test_a_run_waits_for_another_import_and_goes_on(shop: Shop, replicas: list[Database]):
    await shop.stock_up(simple("ONE"))
    file_id = (await upload(shop, "Handle,Title,Variant SKU,Variant Price\none,Uno,ONE,10.00\n")).json()["id"]
    other = await replicas[0].dedicated()
    await other.execute("select pg_advisory_lock($1)", writes._LOCK)
    run_id = (await start(shop, file_id, dry_run=True)).json()["id"]
    with pytest.raises(Unavailable):
        await run_import(shop.app.ctx, UUID(run_id))
    assert (await shop.client.get(f"{RUNS}/{run_id}", headers=shop.staff)).json()["products_done"] == 0
    await other.close()
    await run_import(shop.app.ctx, UUID(run_id))
    run = await ended(shop, run_id)
    assert (run["state"], run["updated"]) == ("done", 1)


async def test_uploads_and_starts_are_made_once_for_their_key(shop: Shop):
    text, key = "Handle,Title,Variant Price\na,A,1\n", str(uuid4())
    both = await asyncio.gather(*(upload(shop, text, key) for _ in range(2)))
    first = await upload(shop, text, key)
    assert first.status_code == 201
    assert {each.json()["id"] for each in both if each.status_code == 201} == {first.json()["id"]}
    assert (await upload(shop, text + "b,B,1\n", key)).status_code == 422
    begun, again = [await start(shop, first.json()["id"], key) for _ in range(2)]
    assert begun.json()["id"] == again.json()["id"]
    await ended(shop, begun.json()["id"])
    # As if the first try had died before its answer was kept.
    await keep_file(shop.app.ctx, UUID(first.json()["id"]), text.encode(), "a.csv", None, uuid7())
    async with shop.db.read() as tx:
        assert await tx.value("select count(*) from import_files") == 1
        assert await tx.value("select count(*) from import_runs") == 1


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"columns": [{"position": 0, "field": "price"}]}, "columns.0.position"),
        ({"columns": [{"position": 1, "field": "colour"}]}, "columns.0.field"),
        ({"columns": [{"position": 1, "field": "sku"}, {"position": 2, "field": "sku"}]}, ""),
        ({"columns": [{"position": 1, "field": "sku"}, {"position": 1, "field": "title"}]}, ""),
        ({"delimiter": "x"}, "delimiter"),
        ({"decimal": "'"}, "decimal"),
        ({"currency": "XXX"}, "currency"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused(wish: dict[str, Any], field: str):
    with pytest.raises(ValidationError) as refused:
        ImportWish.model_validate({"file_id": str(uuid4()), **wish})
    assert ".".join(map(str, refused.value.errors()[0]["loc"])) == field


async def test_what_cannot_be_imported_says_why(shop: Shop):
    assert (await upload(shop, b"PK\x03\x04")).json()["type"].endswith("not-an-export")
    assert (await upload(shop, "\r\n \r\n")).status_code == 422
    unclear = await upload(shop, "Titel;Preis\nCaf\u00e9;1\n".encode("cp1252"))
    assert unclear.json()["type"].endswith("unclear-encoding"), unclear.text
    known = await upload(shop, "Titel;Preis\nCaf\u00e9;1\n".encode("cp1252"), encoding="cp1252")
    assert known.json()["columns"][0]["examples"] == ["Caf\u00e9"]
    json = await shop.client.post(FILES, content=b"{}", headers={**shop.staff, "Idempotency-Key": "k" * 20})
    assert json.status_code == 415
    assert (await start(shop, str(uuid7()))).status_code == 404
    for path in (f"{RUNS}/{uuid7()}", f"{RUNS}/{uuid7()}/findings"):
        assert (await shop.client.get(path, headers=shop.staff)).status_code == 404
    begun = await start(shop, known.json()["id"])
    run = await ended(shop, begun.json()["id"])
    assert (run["state"], run["products"]) == ("failed", None)
    assert "does not name a product export's columns" in run["error"]
    reader = shop.app.token(scopes=("catalog:read",))
    assert (await shop.client.post(RUNS, json={"file_id": str(uuid7())}, headers=reader)).status_code == 403


async def test_files_are_bounded_and_forgotten_with_their_runs(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    run = await done(shop, "Handle,Title,Variant Price\na,A,\n")
    monkeypatch.setattr(files, "_ADD", files._ADD.replace(f"< {files.MOST}", "< 1"))
    full = await upload(shop, "Handle,Title\na,A\n")
    assert (full.status_code, full.json()["limit"]) == (409, files.MOST)
    async with shop.db.write() as tx:
        await tx.execute("update import_files set created_at = now() - interval '7 days 1 second'")
        assert await tx.value(f"select {files.ANY_OLD}") is True
        assert await files.forget(tx, 5) == 1
        for table in ("import_files", "import_runs", "import_findings"):
            assert await tx.value(f"select count(*) from {table}") == 0
    assert (await shop.client.get(f"{RUNS}/{run['id']}", headers=shop.staff)).status_code == 404
    await run_import(shop.app.ctx, UUID(run["id"]))


async def test_more_findings_than_are_kept_are_counted(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("catalog.import_runs.store.runs.MOST_FINDINGS", 3)
    text = "Handle,Title,Variant SKU,Variant Price\n" + "".join(f"p{place},P,S{place},x\n" for place in range(5))
    run = await done(shop, text)
    assert run["rows_refused"] == 5
    assert await findings(shop, run["id"]) == [(2, "bad-price"), (3, "bad-price"), (4, "bad-price")]


def test_the_fields_of_the_api_are_those_of_the_import():
    assert get_args(ColumnField) == MAPPABLE

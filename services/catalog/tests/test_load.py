"""The command that loads products."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from catalog import load
from catalog.media import MediaObjects
from catalog.tests.test_admin import EXPORT
from chassis.testing.databases import empty_database
from chassis.testing.keys import Bench

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><rect width="1" height="1"/></svg>'
DEMO: dict[str, Any] = {
    "handle": "tide-no-4",
    "title": "Tide No. 4",
    "description_html": "<p>Ink.</p>",
    "vendor": "Atelier Nord",
    "product_type": "Print",
    "tags": ["sea"],
    "options": ["Size"],
    "image": "tide.svg",
    "currency": "EUR",
    "variants": [
        {"sku": "T-30", "option_values": ["30"], "price": 2500, "weight_grams": 300, "quantity": 5},
        {"sku": "T-50", "option_values": ["50"], "price": 4500, "compare_at_price": 5000, "quantity": 0},
    ],
}

Run = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def url(bench: Bench) -> str:
    return asyncio.run(empty_database(bench.postgres, "catalog", "load"))


@pytest.fixture
def run(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., list[dict[str, Any]]]:
    """The command with these arguments; the events that it prints."""
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("MEDIA_DIR", str(tmp_path / "media"))
    monkeypatch.delenv("CURRENCY", raising=False)

    def call(*arguments: str | Path) -> list[dict[str, Any]]:
        load.main([str(argument) for argument in arguments])
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return call


def fetch(url: str, sql: str) -> list[Any]:
    async def ask() -> list[Any]:
        connection = await asyncpg.connect(url)
        try:
            return [tuple(row) for row in await connection.fetch(sql)]
        finally:
            await connection.close()

    return asyncio.run(ask())


def test_an_export_is_loaded_and_every_finding_told(run: Run, url: str, tmp_path: Path):
    file = tmp_path / "export.csv"
    file.write_bytes(EXPORT)
    events = run("--shopify", file, "--currency", "EUR")
    assert events[0] == {"event": "progress", "done": 2, "total": 2}
    counts = {"created": 2, "updated": 0, "unchanged": 0, "refused_rows": 1, "currency": "EUR"}
    nothing = dict.fromkeys(("stock_set", "stock_changed", "retired", "prices_removed"), 0)
    assert events[-1] == {"event": "done", **counts, **nothing}
    refused = [event for event in events if event.get("severity") == "refused"]
    assert [(event["event"], event["row"], event["handle"], event["code"]) for event in refused] == [
        ("problem", 3, "mug", "bad_price")
    ]
    assert run("--shopify", file)[-1]["unchanged"] == 2
    assert fetch(url, "select sku, amount from variants join variant_prices on id = variant_id order by sku") == [
        ("BOWL", 2000),
        ("MUG-S", 1250),
    ]


def test_pictures_wait_for_the_service_and_are_not_waited_for_without_it(run: Run, tmp_path: Path):
    file = tmp_path / "export.csv"
    file.write_bytes(EXPORT)
    assert run("--shopify", file)[-2] == {"event": "pictures", "waiting": 1, "failed": 0, "retried": 0}
    assert run("--pictures", "list")[-1] == {"event": "pictures", "waiting": 1, "failed": 0, "retried": 0}
    assert run("--pictures", "retry")[-1] == {"event": "pictures", "waiting": 1, "failed": 0, "retried": 1}


def test_prices_that_the_store_does_not_show_are_spoken_of(run: Run, tmp_path: Path):
    file = tmp_path / "export.csv"
    file.write_bytes(EXPORT)
    (said,) = [event for event in run("--shopify", file, "--currency", "USD") if event.get("code") == "other_currency"]
    assert "CURRENCY=USD" in said["reason"]


def test_the_shops_own_currency_is_taken_and_said(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = tmp_path / "export.csv"
    file.write_bytes(EXPORT)
    monkeypatch.setenv("CURRENCY", "CHF")
    assert run("--shopify", file)[-1]["currency"] == "CHF"
    assert run("--shopify", file, "--currency", "EUR", "--remove-prices", "CHF")[-1]["prices_removed"] == 2
    with pytest.raises(SystemExit, match="no currency"):
        run("--shopify", file, "--remove-prices", "francs")


def test_an_encoding_may_be_said(run: Run, url: str, tmp_path: Path):
    file = tmp_path / "export.csv"
    file.write_bytes("Handle,Title,Variant Price\nlodz,\u0141\u00f3d\u017a,5\n".encode("cp1250"))
    assert run("--shopify", file, "--encoding", "cp1250", "--stock", "keep")[-1]["created"] == 1
    assert fetch(url, "select title from products") == [("\u0141\u00f3d\u017a",)]


def test_stock_is_overwritten_on_demand(run: Run, url: str, tmp_path: Path):
    file = tmp_path / "export.csv"
    file.write_bytes(EXPORT)
    run("--shopify", file)
    file.write_bytes(EXPORT.replace(b"shopify,4,", b"shopify,8,"))
    sql = "select on_hand from stock join variants on id = variant_id where sku = 'MUG-S'"
    run("--shopify", file)
    assert fetch(url, sql) == [(4,)]
    run("--shopify", file, "--stock", "overwrite")
    assert fetch(url, sql) == [(8,)]


def test_the_demo_shop_is_loaded_with_its_images(run: Run, url: str, tmp_path: Path):
    (tmp_path / "tide.svg").write_bytes(SVG)
    file = tmp_path / "products.json"
    dollars = {**DEMO, "handle": "ebb", "currency": "USD", "variants": [{**DEMO["variants"][0], "sku": "E"}]}
    file.write_text(json.dumps([DEMO, dollars]))
    events = run("--demo", file, "--media", tmp_path)
    assert events[-1] == {"event": "done", "created": 2, "updated": 0, "unchanged": 0, "refused_rows": 0}
    assert run("--demo", file)[-1]["unchanged"] == 2
    ((digest, kind, alt),) = fetch(url, "select distinct digest, content_type, alt from media")
    assert (kind, alt) == ("image/svg+xml", "Tide No. 4")
    assert asyncio.run(MediaObjects((tmp_path / "media").as_uri()).get(digest)) == SVG
    assert fetch(
        url, "select sku, amount, compare_at from variants join variant_prices on id = variant_id order by 1"
    ) == [
        ("E", 2500, None),
        ("T-30", 2500, None),
        ("T-50", 4500, 5000),
    ]


def test_images_that_cannot_be_kept_end_it_with_a_reason(run: Run, url: str, tmp_path: Path):
    (tmp_path / "tide.svg").write_bytes(SVG)
    (tmp_path / "media").write_text("no folder")
    file = tmp_path / "products.json"
    file.write_text(json.dumps([DEMO]))
    with pytest.raises(SystemExit, match="images cannot be kept"):
        run("--demo", file)
    assert fetch(url, "select 1 from products") == []


EDITS = """
update products set title = 'My title', description_html = '<p>Mine</p>', status = 'archived', version = version + 1;
update variant_prices set amount = 1;
update variants set active = false where sku = 'T-50';
update stock set on_hand = 77;
delete from media;
"""
STATE = """
select p.slug, p.title, p.description_html, p.status, p.version, v.sku, v.active, s.on_hand, r.amount,
       (select count(*) from media m where m.product_id = p.id)
from products p join variants v on v.product_id = p.id join stock s on s.variant_id = v.id
join variant_prices r on r.variant_id = v.id where p.slug <> 'ebb' order by v.sku
"""


def test_the_demo_shop_undoes_no_edit_and_adds_what_is_missing(run: Run, url: str, tmp_path: Path):
    (tmp_path / "tide.svg").write_bytes(SVG)
    file = tmp_path / "products.json"
    file.write_text(json.dumps([DEMO]))
    run("--demo", file)
    edit(url, EDITS)
    before = fetch(url, STATE)
    more = {**DEMO, "handle": "ebb", "variants": [{**DEMO["variants"][0], "sku": "E"}]}
    file.write_text(json.dumps([DEMO, more]))
    done = run("--demo", file)[-1]
    assert (done["created"], done["unchanged"], done["updated"]) == (1, 1, 0)
    assert fetch(url, "select slug from products order by 1") == [("ebb",), ("tide-no-4",)]
    assert fetch(url, STATE) == before


def test_a_product_of_the_demo_shop_that_was_renamed_does_not_come_twice(run: Run, url: str, tmp_path: Path):
    (tmp_path / "tide.svg").write_bytes(SVG)
    file = tmp_path / "products.json"
    file.write_text(json.dumps([DEMO]))
    run("--demo", file)
    edit(url, "update products set slug = 'mine'")
    assert run("--demo", file)[-1]["unchanged"] == 1
    assert fetch(url, "select slug from products") == [("mine",)]


def edit(url: str, sql: str) -> None:
    async def run_it() -> None:
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(sql)
        finally:
            await connection.close()

    asyncio.run(run_it())


def _broken(tmp_path: Path) -> dict[str, list[str]]:
    (tmp_path / "no.csv").write_bytes(b"a,b\n1,2\n")
    (tmp_path / "no.json").write_text("[{}]")
    (tmp_path / "imageless.json").write_text(json.dumps([DEMO]))
    (tmp_path / "twice.json").write_text(json.dumps([DEMO, DEMO]))
    (tmp_path / "text.json").write_text(json.dumps([{**DEMO, "image": "no.csv"}]))
    return {
        "no export": ["--shopify", "no.csv"],
        "no currency": ["--shopify", "no.csv", "--currency", "Euro"],
        "no file": ["--shopify", "none.csv"],
        "no demo": ["--demo", "no.json"],
        "no image file": ["--demo", "imageless.json"],
        "no image": ["--demo", "text.json"],
        "twice": ["--demo", "twice.json"],
    }


@pytest.mark.parametrize(
    "case", ["no export", "no currency", "no file", "no demo", "no image file", "no image", "twice"]
)
def test_what_cannot_be_loaded_ends_with_a_reason_and_changes_nothing(
    run: Run, url: str, tmp_path: Path, case: str, monkeypatch: pytest.MonkeyPatch
):
    arguments = _broken(tmp_path)[case]
    monkeypatch.chdir(tmp_path)
    if case == "twice":
        (tmp_path / "tide.svg").write_bytes(SVG)
    with pytest.raises(SystemExit) as ended:
        run(*arguments)
    assert len(str(ended.value)) > 20
    assert fetch(url, "select 1 from products") == []


def test_without_a_database_it_says_so(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = tmp_path / "export.csv"
    file.write_bytes(EXPORT)
    monkeypatch.setenv("DATABASE_URL", f"postgresql://nobody@/catalog?host={tmp_path}")
    with pytest.raises(SystemExit, match="does not answer"):
        run("--shopify", file)
    monkeypatch.delenv("DATABASE_URL")
    with pytest.raises(SystemExit, match="DATABASE_URL"):
        run("--shopify", file)

"""Exports, loaded from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from catalog.tests.load_command.support import DEMO, SVG, Run, fetch
from catalog.tests.test_admin import EXPORT


def test_an_export_is_loaded_and_every_finding_printed(run: Run, url: str, tmp_path: Path):
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


def test_prices_in_a_currency_that_is_not_enabled_are_reported(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    file = tmp_path / "export.csv"
    file.write_bytes(EXPORT)
    (said,) = [event for event in run("--shopify", file, "--currency", "USD") if event.get("code") == "other_currency"]
    assert "CURRENCIES=EUR,USD" in said["reason"]
    monkeypatch.setenv("CURRENCIES", "EUR, USD")
    codes = [event.get("code") for event in run("--shopify", file, "--currency", "USD")]
    assert "other_currency" not in codes


def test_the_shops_currency_is_the_default_and_is_printed(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = tmp_path / "export.csv"
    file.write_bytes(EXPORT)
    monkeypatch.setenv("CURRENCY", "CHF")
    assert run("--shopify", file)[-1]["currency"] == "CHF"
    assert run("--shopify", file, "--currency", "EUR", "--remove-prices", "CHF")[-1]["prices_removed"] == 2
    with pytest.raises(SystemExit, match="no currency"):
        run("--shopify", file, "--remove-prices", "francs")


def test_an_encoding_can_be_given(run: Run, url: str, tmp_path: Path):
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


def test_without_a_database_the_command_says_so(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = tmp_path / "export.csv"
    file.write_bytes(EXPORT)
    monkeypatch.setenv("DATABASE_URL", f"postgresql://nobody@/catalog?host={tmp_path}")
    with pytest.raises(SystemExit, match="does not answer"):
        run("--shopify", file)
    monkeypatch.delenv("DATABASE_URL")
    with pytest.raises(SystemExit, match="DATABASE_URL"):
        run("--shopify", file)

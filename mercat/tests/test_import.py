"""The command `import`, against the catalog's own database."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest
import typer

from chassis.testing.databases import empty_database
from chassis.testing.keys import Bench
from mercat import cli, import_command
from mercat.refusal import Refusal
from mercat.store import Store
from mercat.tests.conftest import ROOT

NONE: dict[str, str | None] = {"currency": None, "encoding": None, "stock": None, "remove-prices": None}
HEADER = "Handle,Title,Variant SKU,Variant Price\n"


@pytest.fixture
def shop(bench: Bench, tmp_path: Path) -> Store:
    url = asyncio.run(empty_database(bench.postgres, "catalog", "load"))
    person = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    made = Store(root=ROOT, state=tmp_path / "state", person={**person, "DATABASE_URL_CATALOG": url, "CURRENCY": "CHF"})
    made.make_folders()
    return made


def write(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    file = tmp_path / "export.csv"
    file.write_bytes(text.encode(encoding))
    return file


def test_the_shops_own_currency_is_taken_and_said(shop, tmp_path, capsys):
    assert import_command.import_file(shop, write(tmp_path, HEADER + "cup,Cup,C,5\n"), NONE) == 0
    told = capsys.readouterr().out
    assert "CHF" in told
    assert "The import is done" in told


def test_refused_rows_are_counted_and_end_with_1(shop, tmp_path, capsys, monkeypatch):
    file = write(tmp_path, HEADER + "cup,Cup,C,5\njug,Jug,J,free\n")
    monkeypatch.setattr("mercat.control.running", lambda: shop)
    with pytest.raises(typer.Exit) as ended:
        cli.import_(file, currency="eur")
    assert ended.value.exit_code == 1
    told = capsys.readouterr().out
    assert "but for 1 row" in told
    assert "row 3, jug, Variant Price" in told
    assert "EUR" in told


def test_an_encoding_that_is_not_clear_is_asked_for(shop, tmp_path):
    file = write(tmp_path, HEADER + "creme,Cr\u00e8me,C,5\n", "cp1252")
    with pytest.raises(Refusal, match=r"cp1252.*Crème.*--encoding"):
        import_command.import_file(shop, file, NONE)
    assert import_command.import_file(shop, file, {**NONE, "encoding": "CP1252"}) == 0


def test_prices_of_a_currency_are_removed(shop, tmp_path, capsys):
    file = write(tmp_path, HEADER + "cup,Cup,C,5\n")
    import_command.import_file(shop, file, NONE)
    import_command.import_file(shop, file, {**NONE, "currency": "eur", "remove-prices": "chf"})
    assert "prices removed" in capsys.readouterr().out


def test_more_findings_than_a_screen_holds_are_in_a_file(shop, tmp_path, capsys):
    rows = "".join(f"p{number},P,,x\n" for number in range(60))
    assert import_command.import_file(shop, write(tmp_path, HEADER + rows), NONE) == 60
    assert "and 10 more" in capsys.readouterr().out
    assert len((shop.logs / "import-problems.txt").read_text().splitlines()) == 60
    with pytest.raises(Refusal, match="There is no file"):
        import_command.import_file(shop, tmp_path / "none.csv", NONE)

"""The command `import`, against the catalog's own database."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest
import typer

from chassis.testing.databases import empty_database
from chassis.testing.keys import Bench
from mercat.cli import main
from mercat.commands import import_products
from mercat.installation import CommandError, Installation
from mercat.tests.conftest import ROOT

NONE: dict[str, str | None] = {"currency": None, "encoding": None, "stock": None, "remove-prices": None}
HEADER = "Handle,Title,Variant SKU,Variant Price\n"


@pytest.fixture
def shop(bench: Bench, tmp_path: Path) -> Installation:
    url = asyncio.run(empty_database(bench.postgres, "catalog", "load"))
    user_settings = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    made = Installation(
        root=ROOT,
        state=tmp_path / "state",
        user_settings={**user_settings, "DATABASE_URL_CATALOG": url, "CURRENCY": "CHF"},
    )
    made.make_folders()
    return made


def write(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    file = tmp_path / "export.csv"
    file.write_bytes(text.encode(encoding))
    return file


def test_currency_of_the_shop_is_the_default_and_is_printed(shop, tmp_path, capsys):
    assert import_products.import_file(shop, write(tmp_path, HEADER + "cup,Cup,C,5\n"), NONE) == 0
    told = capsys.readouterr().out
    assert "CHF" in told
    assert "The import is done" in told


def test_refused_rows_are_counted_and_the_exit_status_is_1(shop, tmp_path, capsys, monkeypatch):
    file = write(tmp_path, HEADER + "cup,Cup,C,5\njug,Jug,J,free\n")
    monkeypatch.setattr("mercat.stack.supervisor_process.running_installation", lambda: shop)
    with pytest.raises(typer.Exit) as ended:
        main.import_(file, currency="eur")
    assert ended.value.exit_code == 1
    told = capsys.readouterr().out
    assert "but for 1 row" in told
    assert "row 3, jug, Variant Price" in told
    assert "EUR" in told


def test_unclear_encoding_is_refused_with_the_option(shop, tmp_path):
    file = write(tmp_path, HEADER + "creme,Cr\u00e8me,C,5\n", "cp1252")
    with pytest.raises(CommandError, match=r"cp1252.*Crème.*--encoding"):
        import_products.import_file(shop, file, NONE)
    assert import_products.import_file(shop, file, {**NONE, "encoding": "CP1252"}) == 0


def test_prices_of_a_currency_are_removed(shop, tmp_path, capsys):
    file = write(tmp_path, HEADER + "cup,Cup,C,5\n")
    import_products.import_file(shop, file, NONE)
    import_products.import_file(shop, file, {**NONE, "currency": "eur", "remove-prices": "chf"})
    assert "prices removed" in capsys.readouterr().out


def test_many_problems_are_written_to_a_file(shop, tmp_path, capsys):
    rows = "".join(f"p{number},P,,x\n" for number in range(60))
    assert import_products.import_file(shop, write(tmp_path, HEADER + rows), NONE) == 60
    assert "and 10 more" in capsys.readouterr().out
    assert len((shop.logs / "import-problems.txt").read_text().splitlines()) == 60
    with pytest.raises(CommandError, match="There is no file"):
        import_products.import_file(shop, tmp_path / "none.csv", NONE)

"""Files as merchants have them, one after the other, and what the shop holds then. Each folder of corpus/ is a case."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
import yaml

from catalog.importing import ImportOptions, ImportResult, NotAnExport, UnclearEncoding, import_export
from catalog.tests.catalog_state import identities, state
from chassis.db import Database

CORPUS = Path(__file__).parent / "corpus"
# What every file without SKUs says.
USUAL = {"sku_made"}


async def load(db: Database, file: Path, step: dict[str, Any]) -> ImportResult:
    options = ImportOptions(step.get("currency", "EUR"), remove_prices=step.get("remove_prices"))
    data = await asyncio.to_thread(file.read_bytes)
    done = await import_export(db, data, options, encoding=step.get("encoding"))
    return done


def check(step: dict[str, Any], done: ImportResult, found: dict[str, dict[str, Any]]) -> None:
    counts = step.get("counts", {})
    assert {name: getattr(done, name) for name in counts} == counts
    if "codes" in step:
        codes = [problem.code for problem in done.problems]
        assert [code for code in codes if code not in USUAL or code in step["codes"]] == step["codes"]
    for slug, wanted in step.get("products", {}).items():
        product = found[slug]
        assert {name: product[name] for name in wanted if name != "variants"} == {
            name: value for name, value in wanted.items() if name != "variants"
        }
        if "variants" in wanted:
            assert sorted(product["variants"]) == sorted(wanted["variants"])
        for name, values in wanted.get("variants", {}).items():
            expected = {"active": True, **values}
            assert {key: product["variants"][name][key] for key in expected} == expected
    assert not found.keys() & set(step.get("absent", []))


async def ask(db: Database, file: Path, step: dict[str, Any]) -> bool:
    """Whether the file is not read but its encoding asked for, as it may, with the right one among the answers."""
    try:
        await load(db, file, step)
    except UnclearEncoding as unclear:
        asked = dict(unclear.candidates)
    else:
        return False
    assert step["line"] in asked[step["reads_or_asks"]]
    assert await state(db) == {}
    return True


CASES = {path.parent.name: yaml.safe_load(path.read_text(encoding="utf-8")) for path in CORPUS.glob("*/expected.yaml")}


@pytest.mark.parametrize("case", sorted(CASES))
async def test_files_of_a_case_give_the_expected_products(db: Database, case: str):
    before: dict[tuple[str, frozenset[str]], Any] = {}
    for step in CASES[case]:
        file = CORPUS / case / step["file"]
        if "refusal" in step:
            with pytest.raises(NotAnExport, match=step["refusal"]):
                await load(db, file, step)
            continue
        if "reads_or_asks" in step and await ask(db, file, step):
            continue
        done = await load(db, file, step)
        found = await state(db)
        if "reads_or_asks" not in step:
            check(step, done, found)
        if "line" in step:
            assert [product["title"] for product in found.values()] == [step["line"]]
        after = identities(found)
        assert after.items() >= {key: before[key] for key in before.keys() & after.keys()}.items()
        before = after
        again = await load(db, file, step)
        assert (again.created, again.updated, again.retired, again.stock_changed) == (0, 0, 0, 0), "repeated"
        assert await state(db) == found

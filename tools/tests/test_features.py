"""docs/features.md: whether there is each feature, and where. (That evidence exists, tools/evidence checks.)"""

from __future__ import annotations

import json
import re

import pytest

from tools.evidence import references, tables
from tools.gates import tree

PAGE = tree.ROOT / "docs" / "features.md"
PATHS = set(json.loads((tree.ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))["paths"])
ROWS = list(tables.rows(PAGE.read_text(encoding="utf-8")))
SHOWN = {references.TEST, references.COMMAND}


def kinds(cells: dict[str, str]) -> set[str]:
    return {each.kind for each in references.references(cells["evidence"])}


def complaints(cells: dict[str, str]) -> list[str]:
    has, found = cells["has"], kinds(cells)
    wrong = [f"no such path: {path}" for path in re.findall(r"`(/api/[^`]*)`", cells["where"]) if path not in PATHS]
    if has not in {"y", "not yet"} and not has.startswith("partly: "):
        wrong.append("`has` is y, not yet, or what there is of it")
    if has == "not yet" and (found != {references.MISSING} or cells["where"]):
        wrong.append("what is not there has a place or a proof")
    if has != "not yet" and (not cells["where"] or not found & SHOWN):
        wrong.append("what is there has no place or no proof")
    if (references.MISSING in found) == (has == "y"):
        wrong.append("`y` lacks nothing, and what is there in part lacks something")
    return wrong


@pytest.mark.parametrize("row", [row for row in ROWS if "feature" in row.cells], ids=lambda row: row.cells["feature"])
def test_what_a_feature_says_fits_its_place_and_its_proof(row: tables.Row) -> None:
    assert complaints(row.cells) == []


@pytest.mark.parametrize(
    "cells",
    [
        {"has": "yes", "where": "`/api/v1/orders`", "evidence": "`make walk`"},
        {"has": "y", "where": "`/api/v1/orders/none`", "evidence": "`make walk`"},
        {"has": "y", "where": "", "evidence": "`make walk`"},
        {"has": "y", "where": "`/api/v1/orders`", "evidence": "not yet: all"},
        {"has": "not yet", "where": "`/api/v1/orders`", "evidence": "not yet: all"},
        {"has": "partly: a list", "where": "`/api/v1/orders`", "evidence": "`make walk`"},
    ],
)
def test_a_row_that_says_too_much_is_named(cells: dict[str, str]) -> None:
    assert complaints(cells)


def test_no_row_of_orders_and_payments_is_without_a_test() -> None:
    held = [row for row in ROWS if "what must hold" in row.cells]
    assert len(held) >= 20
    assert [row.line for row in held if kinds(row.cells) != {references.TEST}] == []

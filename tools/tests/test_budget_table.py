"""The table of budgets in docs/benchmarks.md has the figures that the tests of the budgets go by, and their sum."""

from __future__ import annotations

from chassis.testing.budgets import budgets
from tools.evidence import tables
from tools.gates import tree

COUNTS = ("statements", "commits", "calls", "stripe")
PAGE = tree.ROOT / "docs" / "benchmarks.md"
TOLD = [row.cells for row in tables.rows(PAGE.read_text(encoding="utf-8")) if "work" in row.cells]


def test_each_budget_stands_in_the_table() -> None:
    told = {cells["work"]: [int(cells[name]) for name in COUNTS] for cells in TOLD[:-1]}
    assert told == {work: [most[name] for name in COUNTS] for work, most in budgets().items()}


def test_the_last_row_is_the_sum_of_a_full_order() -> None:
    parts = [most for most in budgets().values() if most.get("full", 1)]
    sums = [sum(most[name] for most in parts) for name in COUNTS]
    assert [int(TOLD[-1][name].strip("*")) for name in COUNTS] == sums


def test_each_budget_is_named_by_a_test() -> None:
    sources = [tree.ROOT / name for name in tree.files(tree.ROOT, "services/*/tests/*.py")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    # One of several that a test makes the name of.
    returns = {f"a return {step}" for step in ("asked for", "approved", "received", "inspected", "closed")}
    assert [work for work in budgets() if f'"{work}"' not in text and work not in returns] == []

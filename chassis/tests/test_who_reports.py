"""Nothing that decides a change reads a replica: mypy refuses a ReportTx for a ReadTx, this sees the rest."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WRITES = {"write", "write_one", "transact"}
# Tables of which an old row would be taken for the present one.
PRESENT = re.compile(
    r"\b(from|join)\s+(stock|reservations|reservation_lines|carts|cart_lines|order_holds|sessions|revoked_sessions"
    r"|accounts|idempotency|jobs|outbox|outbox_log|inbox_\w+)\b"
)


def faults(source: str) -> Iterator[str]:
    """What a module does with reports that it may not."""
    tree = ast.parse(source)
    texts = {
        target.id: ast.unparse(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    called = {node.func.attr for node in ast.walk(tree) if isinstance(node, ast.Call) and hasattr(node.func, "attr")}
    if "report" in called and called & WRITES:
        yield "it reads a report and writes: read what decides a change by db.read() or in the transaction"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and "ReportTx" in ast.unparse(node.args):
            names = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
            sql = " ".join([ast.unparse(node), *(texts[name] for name in names & texts.keys())])
            if found := PRESENT.search(sql.lower()):
                yield f"{node.name} reads {found.group(2)} for a report: an old row there is taken for the present one"


def modules() -> list[Path]:
    found = [*ROOT.glob("services/**/*.py"), *ROOT.glob("chassis/**/*.py")]
    return [path for path in found if "tests" not in path.parts and "chassis/db/" not in str(path)]


def test_no_module_of_a_service_decides_by_a_report():
    wrong = [f"{path.relative_to(ROOT)}: {fault}" for path in modules() for fault in faults(path.read_text())]
    assert wrong == []
    assert any("ReportTx" in path.read_text() for path in modules())


@pytest.mark.parametrize("table", "stock reservations carts cart_lines sessions idempotency revoked_sessions".split())
def test_a_report_of_what_must_be_present_is_found(table):
    source = (
        f"_SQL = 'select 1 from {table} where id = $1'\nasync def a(tx: ReportTx):\n    return await tx.value(_SQL)"
    )
    assert [*faults(source)] == [f"a reads {table} for a report: an old row there is taken for the present one"]
    assert not [*faults(source.replace("ReportTx", "ReadTx"))]


@pytest.mark.parametrize("write", sorted(WRITES))
def test_a_module_that_reads_a_report_and_writes_is_found(write):
    source = (
        "async def a(db):\n    async with db.report() as tx: n = await count(tx)\n    async with db.{} as tx: ...\n"
    )
    assert [*faults(source.format(f"{write}()"))]
    assert not [*faults(source.format("read()"))]

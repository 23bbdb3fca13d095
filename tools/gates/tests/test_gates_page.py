"""docs/gates.md names each gate, and what it names exists; a gate without its scanner fails."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tools import check
from tools.gates import __main__ as gates
from tools.gates import tree

PAGE = (tree.ROOT / "docs" / "gates.md").read_text(encoding="utf-8")
_ROW = re.compile(r"^\| `([^`|]+)` \|.*\| `([\w/.]+)` \|$", re.MULTILINE)


def test_every_gate_is_on_the_page_with_a_test_that_exists():
    rows = dict(_ROW.findall(PAGE))
    assert set(rows) == {*check.CHECKS, *gates.GATES}
    tests = set(re.findall(r"`([\w/]+/test_\w+\.py)`", PAGE))
    assert tests >= set(rows.values())
    assert not [name for name in tests if not (tree.ROOT / name).is_file()]
    assert f"{len(check.CHECKS)} checks" in PAGE


@pytest.mark.parametrize("gate", ["bandit", "semgrep", "secrets", "sbom"])
def test_a_gate_without_its_scanner_fails(gate: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(tree, "_BIN", tmp_path)
    monkeypatch.setattr(tree, "_GATES", tmp_path)
    assert "is not installed, so nothing was scanned" in tree.told(gates.GATES[gate])


def test_a_gate_that_does_not_exist_is_named():
    command = [sys.executable, "-m", "tools.gates", "licence"]
    done = subprocess.run(command, cwd=tree.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("There is no gate licence. These are: licences, ")

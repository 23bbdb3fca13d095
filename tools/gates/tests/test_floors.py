"""A folder that is covered less than its floor fails the test run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tools import run_tests
from tools.gates.tests.seeded import put

SHOP = "def sell(n):\n    if n > 1:\n        return n * 2\n    return n\n"


def test_a_folder_below_its_floor_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture
):
    put(
        tmp_path,
        {"shop/__init__.py": SHOP, "sell.py": "from shop import sell\n\nassert sell(1) == 1\n", ".coveragerc": ""},
    )
    command = [sys.executable, "-m", "coverage", "run", "--source=shop", "sell.py"]
    subprocess.run(command, cwd=tmp_path, check=True)
    monkeypatch.setattr(run_tests, "ROOT", tmp_path)
    assert run_tests.uncovered({"shop": 75}) == []
    assert run_tests.uncovered({"shop": 75.01}) == ["shop is covered less than 75.01 %"]
    assert "shop/__init__.py" in capfd.readouterr().out

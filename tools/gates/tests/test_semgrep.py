"""Each law of tools/semgrep finds what breaks it, and nothing else; what semgrep cannot read is a complaint too."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from tools.gates import semgrep, tree
from tools.gates.tests.cases import CASES
from tools.gates.tests.scanners import need

_COMPLAINT = re.compile(r"(?P<path>[^:]+):(?P<line>\d+): (?P<rule>[a-z-]+): ")
UNREADABLE = "services/shop/unreadable.py"
ACCEPTED = "services/shop/accepted.py"
MARK = "nosemgrep"


@pytest.fixture(scope="module")
def complaints(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Of one run over all cases: semgrep takes seconds to begin."""
    need("semgrep")
    root = tmp_path_factory.mktemp("tree")
    files = {case.path: case.text for case in CASES.values()}
    files[".semgrepignore"] = (tree.ROOT / ".semgrepignore").read_text(encoding="utf-8")
    # A file in which no word of a law stands is not read at all.
    files[UNREADABLE] = "suppress(ValueError)\nx = = 3 (\n"
    files[ACCEPTED] = f"""
def f(step):
    # {MARK}: cancellation-swallowed -- why
    with suppress(BaseException):
        step()
    with suppress(BaseException):  # {MARK}
        step()
"""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return semgrep.found(root)


@pytest.mark.parametrize("rule", CASES)
def test_a_law_finds_what_breaks_it_and_nothing_else(rule: str, complaints: list[str]):
    case = CASES[rule]
    expected = {number for number, line in enumerate(case.text.splitlines(), 1) if line.endswith(("#!", "//!"))}
    places = [found for text in complaints if (found := _COMPLAINT.match(text)) and found["path"] == case.path]
    assert {(found["rule"], int(found["line"])) for found in places} == {(rule, line) for line in expected}


def test_every_law_has_a_case():
    laws = [law for path in semgrep.RULES.glob("*.yaml") for law in yaml.safe_load(path.read_text())["rules"]]
    assert {law["id"] for law in laws} == set(CASES)


def test_a_file_that_cannot_be_read_is_a_complaint(complaints: list[str]):
    assert [text for text in complaints if text.startswith(f"{UNREADABLE}: not read")]


def test_what_is_accepted_needs_a_law_and_a_reason(complaints: list[str]):
    assert [text for text in complaints if text.startswith(ACCEPTED)] == [
        f"{ACCEPTED}:6: write `nosemgrep: rule -- why it is right here`"
    ]


def test_what_was_unreadable_and_is_not_any_more_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    need("semgrep")
    (tmp_path / "fine.py").write_text("suppress(ValueError)\n")
    monkeypatch.setattr(semgrep, "UNREAD", {"fine.py": "a grammar of old"})
    assert semgrep.found(tmp_path) == ["fine.py: semgrep reads it by now; take it out of UNREAD"]

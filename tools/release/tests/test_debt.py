from __future__ import annotations

import subprocess
from datetime import UTC, date, datetime

import pytest

from tools.release import debt
from tools.release.repository import ROOT, Refused

TODAY = date(2026, 11, 30)
COLUMNS = "id what where days since why when".split()
HEAD = f"The budget is 5 days.\n\n## When debts are taken\n\n| {' | '.join(COLUMNS)} |\n|{' --- |' * 7}\n"
ROW = "| `slow` | a check is slow | `a.py` | 2 | 2026-11-01 | no time | it hurts |\n"


def test_the_register_is_true():
    assert debt.complaints(ROOT, datetime.now(UTC).date()) == []


@pytest.fixture
def folder(tmp_path):
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    (tmp_path / "docs").mkdir()
    (tmp_path / "a.py").write_text("x = 1  # debt(slow): it is\n")
    return tmp_path


def told(folder, register):
    (folder / "docs/debt.md").write_text(register)
    return debt.complaints(folder, TODAY)


def test_a_register_that_fits_is_green(folder):
    assert told(folder, HEAD + ROW) == []


@pytest.mark.parametrize(
    ("register", "word"),
    [
        (HEAD, "a.py: debt(slow) has no entry"),
        (HEAD + ROW + ROW.replace("slow`", "gone`"), "gone: no code says debt(gone)"),
        (HEAD + ROW + ROW, "slow stands twice"),
        (HEAD + ROW.replace("a.py", "b.py"), "slow: its comments are in a.py, not in `b.py`"),
        (HEAD + ROW.replace("2026-11-01", "2026-12-24"), "slow: '2026-12-24' is no day of the past"),
        (HEAD + ROW.replace("| 2 |", "| 6 |"), "6 days are owed, and the budget is 5"),
        (HEAD.replace("budget", "sum") + ROW, "it names no budget"),
        (HEAD.replace("## When", "## Why") + ROW, "it does not say when debts are taken"),
    ],
)
def test_what_is_not_true_is_told(folder, register, word):
    assert any(word in each for each in told(folder, register))


def test_a_row_that_is_not_whole_is_refused(folder):
    with pytest.raises(Refused, match="slow: a row is"):
        told(folder, HEAD + ROW.replace("no time", ""))


def commit(folder):
    person = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgSign=false"]
    subprocess.run(["git", "add", "--all"], cwd=folder, check=True)
    subprocess.run(["git", *person, "commit", "-qm", "Change"], cwd=folder, check=True)


def test_the_report_begins_with_the_costliest_and_the_hottest(folder):
    cheap = ROW.replace("slow", "cheap").replace("| 2 |", "| 0.5 |")
    (folder / "docs/debt.md").write_text(HEAD + cheap + ROW)
    (folder / "b.py").write_text("y = 1\ny = 2\ny = 3\n")
    commit(folder)
    for line in ("x = 2", "x = 3", "x = 4"):
        (folder / "a.py").write_text(line + "\n")
        commit(folder)
    lines = debt.report(folder, TODAY).split("\n")
    assert [line.split()[1] for line in lines[4:6]] == ["slow", "cheap"]
    assert lines[-2:] == ["| `a.py` | 4 | 1 |", "| `b.py` | 1 | 3 |"]


def test_the_report_names_what_is_older_than_half_a_year(folder):
    old = ROW.replace("slow", "old").replace("2026-11-01", "2026-05-30")
    (folder / "docs/debt.md").write_text(HEAD + ROW + old)
    commit(folder)
    lines = debt.report(folder, TODAY).split("\n")
    place = lines.index("## Older than half a year: 1")
    assert lines[place + 2] == "- old, 2026-05-30: decide anew"
    assert "## Older than half a year: 0" in debt.report(folder, date(2026, 11, 29))

"""`make bench` and `make bench-base` in a copy of the repository, as a person runs them."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from proofs.bench import history
from tools.copies import copy_repository

LINES = "chassis/tests/valkey/test_cost.py"
WHO = "services/identity/tests/test_cost.py::test_who_am_i_is_one_statement"
READ = "        account = await store.account(tx, who.account_id)\n"


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its one commit has all of it."""
    folder = copy_repository(tmp_path_factory.mktemp("bench") / "copy", types=False)
    author = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
    for words in (["add", "--all"], [*author, "commit", "--quiet", "--no-verify", "-m", "All of it"]):
        subprocess.run(["git", *words], cwd=folder, check=True)
    return folder


def run(copy: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    argv = [str(copy / ".venv" / "bin" / "python"), "-m", *words]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("COV", "PYTEST"))}
    return subprocess.run(
        argv, cwd=copy, env={**environment, **variables}, capture_output=True, text=True, check=False, timeout=300
    )


def test_a_statement_more_than_the_base_is_red_by_the_name_of_its_count(copy: Path, tmp_path: Path):
    handler = copy / "services" / "identity" / "api" / "public.py"
    clean, out = handler.read_text(), tmp_path / "comment.md"
    handler.write_text(clean.replace(READ, READ * 2, 1))
    words = ["--base", "HEAD", "--out", str(out), "--pairs", "0", "--again", "0", "--tests", WHO]
    done = run(copy, "proofs.bench.base", *words)
    handler.write_text(clean)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Counts grew: who am I: statements" in done.stderr
    text = out.read_text()
    assert "**1 of 1 counts grew**" in text
    assert "| who am I: statements | 1 | 2 | +1 |" in text


def test_two_runs_are_two_entries_one_drawing_and_one_comparison(copy: Path, tmp_path: Path):
    file = tmp_path / "kept" / "history.jsonl"
    variables = {"BENCH_HISTORY": str(file)}
    first, second = (run(copy, "proofs.bench", "counts", "--tests", LINES, **variables) for _ in range(2))
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    entries = history.read(file)
    commit = history.git("rev-parse", "HEAD", folder=copy)
    assert [(entry.commit, entry.dirty, entry.machine) for entry in entries] == [(commit, False, history.machine())] * 2
    assert set(entries[0].figures) == set(entries[1].figures) != set()
    assert [path.name for path in file.parent.glob("*.svg")] == ["history.svg"]
    assert "2 entries" in (file.parent / "history.svg").read_text()
    assert "against" not in first.stdout
    assert f"{entries[1]} against {entries[0]}\n  2 counts are as before" in second.stdout

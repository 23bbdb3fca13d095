"""What is missing on a machine is told to a person, and fails where CI=true."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools import run_tests

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def bare(tmp_path) -> Path:
    """A PATH without terraform and node."""
    for name in ("sh", "dirname", "env"):
        (tmp_path / name).symlink_to(str(shutil.which(name)))
    return tmp_path


@pytest.mark.parametrize(("ci", "status"), [("", 0), ("true", 1)])
def test_a_missing_program_is_a_failure_in_ci_alone(bare, ci, status):
    for file in ("test_addresses.py", "test_settings_table.py"):
        path = ROOT / "deploy" / "tests" / file
        if not path.is_file():
            continue
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "--no-cov", str(path)],
            env={**os.environ, "PATH": str(bare), "CI": ci},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == status, done.stdout
        assert ("CI=true leaves nothing out" if ci else "NOT TESTED without") in done.stdout


def test_skipped_tests_fail_the_test_command_in_ci_only(monkeypatch):
    monkeypatch.setenv("CI", "true")
    assert run_tests.untested("terraform is not there") == ["CI=true leaves nothing out, and terraform is not there"]
    monkeypatch.setenv("CI", "")
    assert run_tests.untested("terraform is not there") == []


def test_the_gate_names_missing_programs_before_it_starts(bare):
    done = subprocess.run(
        [str(bare / "sh"), str(ROOT / ".ci" / "run")],
        env={"PATH": str(bare)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "Not on the PATH: node." in done.stderr


def test_the_gate_allows_no_skipped_test():
    assert "\nexport CI=true\n" in (ROOT / ".ci" / "run").read_text()

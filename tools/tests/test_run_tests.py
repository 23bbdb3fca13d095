from __future__ import annotations

import os
import subprocess
import sys

from tools import run_tests


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

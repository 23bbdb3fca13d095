from __future__ import annotations

import signal

import pytest

from mercat.stack import exit_status


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (0, "ended by itself, with status 0"),
        (3, "ended with status 3"),
        (-signal.SIGTERM, "was ended by SIGTERM"),
        (-signal.SIGSEGV, "was ended by SIGSEGV"),
        (-signal.SIGKILL, "was ended by SIGKILL (kill -9, or the system for want of memory)"),
        (-60, "was ended by signal 60"),
    ],
)
def test_exit_status_is_described(code, words):
    assert exit_status.describe(code) == words


def test_oom_kills_are_counted(tmp_path):
    counters = tmp_path / "vmstat"
    counters.write_text("pgfault 12\noom_kill 3\noom_kill_other 4\n")
    assert exit_status.oom_kill_count(counters) == 3
    assert exit_status.oom_kill_count(tmp_path / "none") == 0

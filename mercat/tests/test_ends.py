from __future__ import annotations

import signal

import pytest

from mercat import ends


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
def test_an_exit_status_is_told_in_words(code, words):
    assert ends.in_words(code) == words


def test_what_the_system_ended_for_want_of_memory_is_counted(tmp_path):
    counters = tmp_path / "vmstat"
    counters.write_text("pgfault 12\noom_kill 3\noom_kill_other 4\n")
    assert ends.out_of_memory(counters) == 3
    assert ends.out_of_memory(tmp_path / "none") == 0

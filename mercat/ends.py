"""How a process ended, in words, and whether the system ended one for want of memory meanwhile."""

from __future__ import annotations

import signal
from pathlib import Path

_COUNTERS = Path("/proc/vmstat")
BY_ITSELF = "ended by itself, with status 0"
NO_MEMORY = "; the system ended a process for want of memory meanwhile"


def in_words(code: int) -> str:
    """An exit status as asyncio gives it: negative for a signal."""
    if code == 0:
        return BY_ITSELF
    if code > 0:
        return f"ended with status {code}"
    if -code == signal.SIGKILL:
        return "was ended by SIGKILL (kill -9, or the system for want of memory)"
    return f"was ended by {_name(-code)}"


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # real-time signals have no name
        return f"signal {number}"


def out_of_memory(counters: Path = _COUNTERS) -> int:
    """How many processes the system has ended for want of memory since it started; 0 where it does not tell."""
    try:
        lines = counters.read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("oom_kill "))

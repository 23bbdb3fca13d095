"""Describes how a process ended, and counts the processes that the kernel killed for lack of memory."""

from __future__ import annotations

import signal
from pathlib import Path

_COUNTERS = Path("/proc/vmstat")
ENDED_BY_ITSELF = "ended by itself, with status 0"
OOM_KILL_NOTE = "; the system ended a process for want of memory meanwhile"


def describe(code: int) -> str:
    """A text for an exit status as asyncio gives it: negative for a signal."""
    if code == 0:
        return ENDED_BY_ITSELF
    if code > 0:
        return f"ended with status {code}"
    if -code == signal.SIGKILL:
        return "was ended by SIGKILL (kill -9, or the system for want of memory)"
    return f"was ended by {_signal_name(-code)}"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # real-time signals have no name
        return f"signal {number}"


def oom_kill_count(counters: Path = _COUNTERS) -> int:
    """How many processes the kernel has killed for lack of memory since it started; 0 where it does not count them."""
    try:
        lines = counters.read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("oom_kill "))

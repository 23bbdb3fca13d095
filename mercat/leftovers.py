"""What a killed store left running: known by a mark in its environment, PostgreSQL by its folder."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

from mercat.environment import MARK

if TYPE_CHECKING:
    import psutil

_PATIENCE = 8.0


def find(state: Path) -> list[psutil.Process]:
    """Processes of this store that are not this one nor its parents. Other users' are not looked at."""
    import psutil

    spared = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
    return [process for process in psutil.process_iter() if process.pid not in spared and _is_ours(process, state)]


def _is_ours(process: psutil.Process, state: Path) -> bool:
    import psutil

    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        if process.environ().get(MARK) == str(state):
            return True
        # PostgreSQL writes its titles over its environment, but each of its processes works in its data folder.
        return process.name().startswith("postgres") and Path(process.cwd()) == (state / "postgres").resolve()
    except (psutil.Error, OSError):
        return False


def end(state: Path) -> int:
    """End what was left, PostgreSQL by an orderly immediate shutdown; how many there were."""
    import psutil

    found = find(state)
    for process in found:
        _signal(process, signal.SIGQUIT if _name(process).startswith("postgres") else signal.SIGKILL)
    _, alive = psutil.wait_procs(found, timeout=_PATIENCE)
    for process in alive:
        _signal(process, signal.SIGKILL)
    psutil.wait_procs(alive, timeout=_PATIENCE)
    return len(found)


def _name(process: psutil.Process) -> str:
    import psutil

    try:
        return process.name()
    except psutil.Error:
        return ""


def _signal(process: psutil.Process, number: int) -> None:
    import psutil

    try:
        process.send_signal(number)
    except psutil.Error:
        return

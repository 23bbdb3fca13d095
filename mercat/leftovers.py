"""What a killed store left running: known by a mark in its environment, PostgreSQL by its folder."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

from mercat.environment import MARK
from mercat.refusal import Refusal
from mercat.store import Store

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

    if not _runs(process):
        return False
    try:
        if process.environ().get(MARK) == str(state):
            return True
        # PostgreSQL writes its titles over its environment, but each of its processes works in its data folder.
        return process.name().startswith("postgres") and Path(process.cwd()) == (state / "postgres").resolve()
    except (psutil.Error, OSError):
        return False


def clear(store: Store) -> int:
    """End what was left, and take away its notes of itself; how many processes there were.

    A dead PostgreSQL whose death nobody has taken note of yet counts as running, by its notes, for the next one.

    Raises:
        Refusal: one of them cannot be ended.
    """
    ended = end(store.state)
    (store.state / "postgres" / "postmaster.pid").unlink(missing_ok=True)
    for note in store.sockets.glob(".s.PGSQL.*"):
        note.unlink(missing_ok=True)
    return ended


def end(state: Path) -> int:
    """End what was left, PostgreSQL by an orderly immediate shutdown; how many there were.

    Raises:
        Refusal: one of them cannot be ended.
    """
    found = find(state)
    for process in found:
        _signal(process, signal.SIGQUIT if _name(process).startswith("postgres") else signal.SIGKILL)
    alive = _wait(found)
    for process in alive:
        _signal(process, signal.SIGKILL)
    alive = _wait(alive)
    if alive:
        numbers = ", ".join(str(process.pid) for process in alive)
        raise Refusal(
            f"What an earlier store left running cannot be ended: processes {numbers}. End them, and try again."
        )
    return len(found)


def _wait(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that still run when patience ends. Dead ones that nobody has taken note of do not count."""
    deadline = time.monotonic() + _PATIENCE
    while (alive := [process for process in processes if _runs(process)]) and time.monotonic() < deadline:
        time.sleep(0.02)
    return alive


def _runs(process: psutil.Process) -> bool:
    import psutil

    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


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

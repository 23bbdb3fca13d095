"""Orphans: processes that a killed supervisor left running.

They are found by a variable in their environment, and PostgreSQL by its working directory.
"""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

from mercat.config.environment import SUPERVISED_VARIABLE
from mercat.installation import CommandError, Installation

if TYPE_CHECKING:
    import psutil

_END_TIMEOUT = 8.0


def find(state: Path) -> list[psutil.Process]:
    """All processes of this store except this one and its parents. Those of other users are not examined."""
    import psutil

    excluded = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
    return [process for process in psutil.process_iter() if process.pid not in excluded and _belongs_to(process, state)]


def _belongs_to(process: psutil.Process, state: Path) -> bool:
    import psutil

    if not _is_running(process):
        return False
    try:
        if process.environ().get(SUPERVISED_VARIABLE) == str(state):
            return True
        # PostgreSQL overwrites its environment with process titles, but all its processes run in its data folder.
        return process.name().startswith("postgres") and Path(process.cwd()) == (state / "postgres").resolve()
    except (psutil.Error, OSError):
        return False


def clean_up(installation: Installation) -> int:
    """End all orphans and remove PostgreSQL's pid and socket files; returns the number of orphans.

    Those files make a new PostgreSQL refuse to start while the old one is a zombie.

    Raises:
        CommandError: an orphan cannot be ended.
    """
    ended = end(installation.state)
    (installation.state / "postgres" / "postmaster.pid").unlink(missing_ok=True)
    for path in installation.sockets.glob(".s.PGSQL.*"):
        path.unlink(missing_ok=True)
    return ended


def end(state: Path) -> int:
    """End all orphans: PostgreSQL by an immediate shutdown, others by SIGKILL. Returns their number.

    Raises:
        CommandError: an orphan cannot be ended.
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
        raise CommandError(
            f"What an earlier store left running cannot be ended: processes {numbers}. End them, and try again."
        )
    return len(found)


def _wait(processes: list[psutil.Process]) -> list[psutil.Process]:
    """The processes that still run after the timeout. Zombies do not count."""
    deadline = time.monotonic() + _END_TIMEOUT
    while (alive := [process for process in processes if _is_running(process)]) and time.monotonic() < deadline:
        time.sleep(0.02)
    return alive


def _is_running(process: psutil.Process) -> bool:
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

"""Keeps log files within a size, a number and an age, and reads their last lines."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

MAX_BYTES = 10_000_000
KEPT_FILES = 3
MAX_SECONDS = 30 * 86_400


def rotate(
    folder: Path, *, max_bytes: int = MAX_BYTES, kept: int = KEPT_FILES, max_seconds: float = MAX_SECONDS
) -> list[str]:
    """Rotate each log larger than `max_bytes`; returns the names of the rotated logs. x.log.1 is the newest of `kept`.
    What was last written longer than `max_seconds` ago goes: also of processes that are no more.

    A process keeps its log open, so the content is copied and the file truncated. Lines written between these two
    steps are lost.
    """
    moved = []
    begin = time.time() - max_seconds
    for old in folder.glob("*.log.*"):
        if old.stat().st_mtime < begin:
            old.unlink()
    for log in sorted(folder.glob("*.log")):
        about = log.stat()
        if about.st_size and about.st_mtime < begin:
            os.truncate(log, 0)
        elif about.st_size > max_bytes:
            for number in range(kept - 1, 0, -1):
                older = log.with_name(f"{log.name}.{number}")
                if older.exists():
                    older.replace(log.with_name(f"{log.name}.{number + 1}"))
            shutil.copy2(log, log.with_name(f"{log.name}.1"))
            os.truncate(log, 0)
            moved.append(log.name)
    return moved


def tail(log: Path, lines: int) -> str:
    """The last lines of a file; empty if there is no file."""
    try:
        with log.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - 400 * lines))
            text = file.read().decode(errors="replace")
    except FileNotFoundError:
        return ""
    return "\n".join(text.splitlines()[-lines:])

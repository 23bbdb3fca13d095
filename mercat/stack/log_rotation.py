"""Rotates log files, so that they do not fill the disk, and reads their last lines."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

MAX_BYTES = 10_000_000
KEPT_FILES = 3


def rotate(folder: Path, *, max_bytes: int = MAX_BYTES, kept: int = KEPT_FILES) -> list[str]:
    """Rotate each log larger than `max_bytes`; returns the names of the rotated logs. x.log.1 is the newest of `kept`.

    A process keeps its log open, so the content is copied and the file truncated. Lines written between these two
    steps are lost.
    """
    moved = []
    for log in sorted(folder.glob("*.log")):
        if log.stat().st_size > max_bytes:
            for number in range(kept - 1, 0, -1):
                older = log.with_name(f"{log.name}.{number}")
                if older.exists():
                    older.replace(log.with_name(f"{log.name}.{number + 1}"))
            shutil.copyfile(log, log.with_name(f"{log.name}.1"))
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

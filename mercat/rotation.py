"""Logs that do not fill the disk."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

MAX_BYTES = 10_000_000
KEPT = 3


def rotate(folder: Path, *, max_bytes: int = MAX_BYTES, kept: int = KEPT) -> list[str]:
    """Move each log beyond `max_bytes` aside (x.log.1 is the newest of `kept`); the names of those moved.

    A process writes to its log by an open file, so the content is copied away and the file made empty: what is written
    in the moment between is lost. That is the price of processes that outlive their log reader.
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
    """The last lines of a file, read from its end; empty when there is no file."""
    try:
        with log.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - 400 * lines))
            text = file.read().decode(errors="replace")
    except FileNotFoundError:
        return ""
    return "\n".join(text.splitlines()[-lines:])

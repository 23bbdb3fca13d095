"""How the store is doing, in one small file that the supervisor writes and every command reads.

A lock, held by the supervisor for as long as it lives, says whether the file is news or history: the kernel gives a
lock back however its holder dies.
"""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path
from typing import Literal

import msgspec

from mercat import keep

Phase = Literal["starting", "running", "stopping", "stopped", "failed"]
Condition = Literal["waiting", "starting", "ready", "done", "restarting", "stopping", "stopped", "failed"]


class Entry(msgspec.Struct):
    """One process. `since` is when it came into its condition, `took` how many seconds it took to get ready; `ended`
    says how it last ended without being asked to, at `ended_at`.
    """

    name: str
    about: str = ""
    port: int | None = None
    once: bool = False
    condition: Condition = "waiting"
    pid: int | None = None
    since: float = 0
    took: float | None = None
    restarts: int = 0
    message: str = ""
    ended: str = ""
    ended_at: float = 0


class Status(msgspec.Struct):
    """The whole store. For a person: `problem`, set when `phase` is "failed", and `notices`, which stop nothing."""

    pid: int
    phase: Phase = "starting"
    problem: str = ""
    started_at: float = msgspec.field(default_factory=time.time)
    offset: int = 0
    replicas: int = 1
    addresses: dict[str, str] = {}
    entries: list[Entry] = []
    notices: list[str] = []


class Board:
    """The file `status.json` in a folder."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "status.json"

    def write(self, status: Status) -> None:
        """Replace what readers see, whole."""
        keep.write_private(self.path, msgspec.json.encode(status))

    def read(self) -> Status | None:
        """What was written last; None when nothing (readable) was."""
        try:
            return msgspec.json.decode(self.path.read_bytes(), type=Status)
        except (FileNotFoundError, msgspec.DecodeError):
            return None


class Lock:
    """Who holds it runs the store. It is handed from `mercat up` to the supervisor as an open file."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "lock"

    def take(self) -> int | None:
        """An open file that holds the lock, or None when another process has it."""
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            return None
        return descriptor

    def is_held(self) -> bool:
        """Whether a supervisor lives (or is just being started)."""
        if not self.path.exists():
            return False
        descriptor = self.take()
        if descriptor is not None:
            os.close(descriptor)
        return descriptor is None

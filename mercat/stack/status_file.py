"""The state of the stack and its processes, in one small JSON file: the supervisor writes it, commands read it.

The `SupervisorLock` says whether the file describes a running supervisor or an earlier one.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Literal

import msgspec

from mercat.installation import secrets

Phase = Literal["starting", "running", "stopping", "stopped", "failed"]
Condition = Literal["waiting", "starting", "ready", "done", "restarting", "stopping", "stopped", "failed"]


class ProcessStatus(msgspec.Struct):
    """The state of one process. Times are seconds since the epoch.

    `once`: a task that ends by itself. `since`: when its condition began. `took`: seconds from its start until it was
    ready. `ended`: how it last ended without being stopped, at `ended_at`.
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

    @property
    def description(self) -> str:
        """The condition in a few words, with the time the start took or a message."""
        took = f" in {self.took:.1f} s" if self.took is not None else ""
        if self.condition in {"ready", "done"}:
            return f"{self.condition}{took}"
        return f"{self.condition}: {self.message}" if self.message else self.condition


class StackStatus(msgspec.Struct):
    """The state of the supervisor and all its processes.

    `problem` is set if `phase` is "failed"; `notices` are warnings. Both are shown to the user.
    """

    pid: int
    phase: Phase = "starting"
    problem: str = ""
    started_at: float = msgspec.field(default_factory=time.time)
    offset: int = 0
    replicas: int = 1
    addresses: dict[str, str] = {}
    entries: list[ProcessStatus] = []
    notices: list[str] = []


class StatusFile:
    """The file `status.json` in a folder."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "status.json"

    def write(self, status: StackStatus) -> None:
        """Replace the file's content in one step."""
        secrets.write_private(self.path, msgspec.json.encode(status))

    def read(self) -> StackStatus | None:
        """The last status written; None if there is none or it cannot be read."""
        try:
            return msgspec.json.decode(self.path.read_bytes(), type=StackStatus)
        except (FileNotFoundError, msgspec.DecodeError):
            return None

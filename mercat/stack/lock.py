"""The lock that says whether a supervisor runs: the kernel releases it however its holder ends."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


class SupervisorLock:
    """An exclusive lock on the file `lock` of a folder. `mercat up` hands it to the supervisor as an open file."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "lock"

    def take(self) -> int | None:
        """An open file that holds the lock, or None if another process holds it."""
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            return None
        return descriptor

    def is_held(self) -> bool:
        """Whether a supervisor runs or is being started."""
        if not self.path.exists():
            return False
        descriptor = self.take()
        if descriptor is not None:
            os.close(descriptor)
        return descriptor is None

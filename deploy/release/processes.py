"""Runs helm and kubectl: bounded in time, and ended at once when the work may not go on."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Done:
    """code: None where it was ended before it was done, so that what it did is not known."""

    code: int | None
    output: str
    errors: str


@dataclass
class Processes:
    """Those that run. All methods may be called from any thread."""

    _running: set[subprocess.Popen[str]] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _ended: bool = False

    def run(
        self,
        command: Sequence[str],
        seconds: float,
        *,
        stdin: str = "",
        every: float = 5.0,
        meanwhile: Callable[[], None] = lambda: None,
    ) -> Done:
        """Run a command to its end, at most so many seconds; `meanwhile` is called again and again until then."""
        pipe = subprocess.PIPE
        with self._lock:
            if self._ended:
                return Done(None, "", "not begun")
            process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
            self._running.add(process)
        deadline, given = time.monotonic() + seconds, stdin or None
        try:
            while True:
                left = max(0.0, deadline - time.monotonic())
                try:
                    output, errors = process.communicate(given, timeout=min(every, left))
                    return Done(process.returncode if process.returncode >= 0 else None, output, errors)
                except subprocess.TimeoutExpired:
                    given = None
                    if not left:
                        process.kill()
                        output, errors = process.communicate()
                        return Done(None, output, f"{errors}not done within {seconds:.0f} s")
                    meanwhile()
        except BaseException:
            process.kill()
            process.communicate()
            raise
        finally:
            with self._lock:
                self._running.discard(process)

    def end(self) -> None:
        """End all that run, and begin no more."""
        with self._lock:
            self._ended = True
            for process in self._running:
                process.kill()

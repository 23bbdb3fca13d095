"""The output of log lines: one file descriptor, written in large pieces."""

from __future__ import annotations

import asyncio
import atexit
import os
import threading
import time

from chassis.telemetry import metrics

FLUSH_SECONDS = 0.2
MAX_BYTES = 65_536

_lost = metrics.counter("log_lines_lost", "Log lines that could not be written")


class Sink:
    """Gathers lines; written by a timer, when there are many, and at exit.

    A log that cannot be written (disk full, reader gone) loses lines and counts them: it never fails a request.
    """

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self._lines: list[bytes] = []
        self._size = 0
        self._due = 0.0
        self._lock = threading.Lock()
        atexit.register(self.flush)

    def write(self, line: bytes) -> int:
        """Take a line, which ends with a line feed."""
        now = time.monotonic()
        with self._lock:
            if not self._lines:
                self._due = now + 2 * FLUSH_SECONDS if self._flush_later() else now
            self._lines.append(line)
            self._size += len(line)
            # Overdue: there is no timer, or it was that of a loop that ended.
            ripe = self._size >= MAX_BYTES or now >= self._due
        if ripe:
            self.flush()
        return len(line)

    def _flush_later(self) -> bool:
        try:
            asyncio.get_running_loop().call_later(FLUSH_SECONDS, self.flush)
        except RuntimeError:
            return False  # no loop runs in this thread, so nothing would come back to it
        return True

    def flush(self) -> None:
        """Write what was gathered."""
        with self._lock:
            lines, self._lines, self._size = self._lines, [], 0
            if not lines:
                return
            left = memoryview(b"".join(lines))
            try:
                while left:
                    left = left[os.write(self.fd, left) :]
            except OSError:
                _lost.inc(by=bytes(left).count(b"\n"))


STDOUT = Sink(1)

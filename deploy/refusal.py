"""Why a command stopped, in words for the person at the terminal, and the status it ends with."""

from __future__ import annotations

import sys
from collections.abc import Callable

# 2 belongs to typer: the command was called wrongly.
FAILED = 1
MISUSED = 2
REFUSED = 3
NOT_CONFIRMED = 4
DIFFERS = 5
INTERRUPTED = 130


class Refusal(Exception):
    """What happened and what to do next. status: how the process ends."""

    def __init__(self, message: str, status: int = FAILED) -> None:
        super().__init__(message)
        self.status = status


def refusing(work: Callable[[], None]) -> None:
    """Run an entry point: a refusal is a message and its status, never a traceback."""
    try:
        work()
    except Refusal as refusal:
        print(f"\n✗ {refusal}", file=sys.stderr)
        sys.exit(refusal.status)

"""How a command of operators ends: done, nothing to do, or impossible."""

from __future__ import annotations

from typing import Any, NamedTuple

DONE, NOTHING, FAILED = 0, 1, 2


class Outcome(NamedTuple):
    """How a command ended: its exit code, its output for programs and its output for people."""

    code: int
    fields: dict[str, Any]
    text: str


class CannotRun(Exception):
    """The command cannot do its work; the message says why and what to do."""

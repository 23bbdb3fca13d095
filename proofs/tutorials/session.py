"""One bash, as a reader's: a block of commands may use the variables and functions of the blocks before it."""

from __future__ import annotations

import os
import select
import shlex
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Self

# A command that fails ends the shell, whose ERR trap tells the line.
_BEGIN = "set -E\n"


class Outcome(NamedTuple):
    """How a block ended: `status` is None after too many seconds; `line` is that of the block which failed, from 1.

    `usable`: whether the shell can take another block.
    """

    status: int | None
    printed: str
    seconds: float
    line: int | None
    usable: bool = True


class Session:
    """A bash in a folder. `scratch` is a folder for the blocks and their output."""

    def __init__(self, folder: Path, environment: Mapping[str, str], scratch: Path) -> None:
        self.scratch, self._number = scratch, 0
        self._answers, theirs = os.pipe()
        self._shell = subprocess.Popen(
            ["bash", "--noprofile", "--norc"],
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[theirs],
            start_new_session=True,  # a group of its own, which can be ended whole
            text=True,
        )
        os.close(theirs)
        self._answer_to = theirs
        self._tell(_BEGIN)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def run(self, text: str, *, fails: bool = False, seconds: float) -> Outcome:
        """Run a block, without a terminal. `fails`: it goes on after a failure; the status is that of the last."""
        self._number += 1
        script, output, failed = (self.scratch / f"{self._number}.{kind}" for kind in ("sh", "out", "line"))
        script.write_text(text, encoding="utf-8")
        trap = f"printf '%s\\n' \"$LINENO\" >>{shlex.quote(str(failed))}"
        began = time.monotonic()
        # Nothing that the block leaves running holds the pipe: its end is that of the shell.
        self._tell(
            f"trap {shlex.quote(trap)} ERR; set {'+' if fails else '-'}e\n"
            f". {shlex.quote(str(script))} >{shlex.quote(str(output))} 2>&1 </dev/null {self._answer_to}>&-\n"
            f"printf '%s\\n' $? >&{self._answer_to}\n"
        )
        status = self._answer(began + seconds)
        lines = failed.read_text().split() if failed.exists() else []
        printed = output.read_text(encoding="utf-8", errors="replace") if output.exists() else ""
        usable = self._shell.poll() is None
        return Outcome(status, printed, time.monotonic() - began, int(lines[0]) if lines else None, usable)

    def _tell(self, text: str) -> None:
        if self._shell.stdin is None:
            raise RuntimeError("the shell has no input")
        self._shell.stdin.write(text)
        self._shell.stdin.flush()

    def _answer(self, deadline: float) -> int | None:
        """The status of the block, or of the shell if the block ended it; None at the deadline, when all is ended."""
        ready, _, _ = select.select([self._answers], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            self.end()
            return None
        said = os.read(self._answers, 100).strip()
        return int(said) if said else self._shell.wait(timeout=10)

    def end(self) -> None:
        """End the shell and its children at once."""
        with suppress(ProcessLookupError):
            os.killpg(self._shell.pid, signal.SIGKILL)
        with suppress(BrokenPipeError):
            self._shell.communicate()
        if self._answers >= 0:
            os.close(self._answers)
            self._answers = -1

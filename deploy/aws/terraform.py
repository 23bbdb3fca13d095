"""Runs the terraform program in one layer's folder.

Terraform runs in a session of its own: Ctrl-C reaches us alone and is passed on once. Terraform then starts nothing
more, the AWS provider stops waiting at once, and what was being made stays in AWS, and in the state as tainted.
Terraform writes its state and gives back its lock; we wait for that, and only then end ourselves. We read its output
to the end even when nobody reads ours any more (a closed terminal, a broken pipe): unread, it would die in the middle.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import Any

from deploy.aws.diagnostics import TerraformFailed, errors, event
from deploy.refusal import Refusal

Heard = Callable[[dict[str, Any]], None]
# A pipeline that is cancelled, a terminal that is closed (but not for who said nohup).
LIKE_CTRL_C = (signal.SIGTERM, *([signal.SIGHUP] if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN else []))
_ENDING = b"""
Stopping: Terraform writes its state, where what is being made in AWS stands as half made (tainted).
Ctrl-C again gives up at once, and what is being made is then unknown to the state.
"""
_ENDING_UNCHANGED = b"\nStopping: nothing was being changed.\n"
_STILL_ENDING = b"\nStill stopping.\n"
_GIVING_UP = b"\nGiving up at once: docs/aws/incidents.md says how to import what the state does not know.\n"
# One copy of the providers for all layers, some hundred MB; used where a layer's .terraform.lock.hcl has its checksum.
PLUGINS = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mercat" / "terraform-plugins"
_CHANGES = 2  # how `plan -detailed-exitcode` ends when there is something to do


class Terraform:
    """The program in one folder, with `environment` on top of this process's own."""

    def __init__(self, folder: Path, environment: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        # TF_CLI_ARGS would change commands behind our back; what they need is here.
        own = {name: value for name, value in os.environ.items() if not name.startswith("TF_CLI_ARGS")}
        kept = {"TF_PLUGIN_CACHE_DIR": own.get("TF_PLUGIN_CACHE_DIR") or str(PLUGINS)}
        Path(kept["TF_PLUGIN_CACHE_DIR"]).mkdir(parents=True, exist_ok=True)
        self.environment = {**own, "TF_IN_AUTOMATION": "1", "TF_INPUT": "0", **kept, **(environment or {})}

    def init(self) -> None:
        """Makes the folder ready: backend, modules, providers. backend.hcl holds what layers share."""
        shared = ["-backend-config=../backend.hcl"] if (self.folder.parent / "backend.hcl").is_file() else []
        self._run("init", "-input=false", "-reconfigure", "-no-color", *shared)

    def plan(self, out: Path, *, destroy: bool = False) -> bool:
        """Writes a plan to `out`; whether there is anything to do.

        A plan with errors is written too, as far as it came, and can be shown but not applied.

        Raises:
            TerraformFailed: when the plan has errors.
        """
        options = ["-json", "-input=false", "-detailed-exitcode", f"-out={out}", *(["-destroy"] if destroy else [])]
        return self._run("plan", *options) == _CHANGES

    def show(self, plan: Path | None = None) -> dict[str, Any]:
        """A saved plan, or the layer's state, as Terraform's own JSON. It may hold secrets: keep it in memory."""
        text: list[str] = []
        self._run("show", "-json", *([str(plan)] if plan else []), line=text.append)
        shown: dict[str, Any] = json.loads("".join(text))
        return shown

    def apply(self, plan: Path, heard: Heard) -> None:
        """Applies exactly that plan. heard: is told each event as it happens."""
        self._run("apply", "-json", "-input=false", str(plan), line=lambda text: heard(event(text)))

    def _run(self, command: str, *options: str, line: Callable[[str], None] | None = None) -> int:
        """Runs to the end; the exit status.

        Raises:
            KeyboardInterrupt: when it was interrupted, once Terraform has ended.
        """
        with tempfile.TemporaryFile("w+", encoding="utf-8") as complaints:
            process = self._start([command, *options], complaints.fileno())
            with process, _passing_on(process, changing=command == "apply") as interrupted:
                said, failure = _drained(process.stdout or (), line)
                status = process.wait()
            complaints.seek(0)
            rest = complaints.read()
        if interrupted:
            raise KeyboardInterrupt
        if failure is not None:
            raise failure
        if status not in {0, _CHANGES} or (status == _CHANGES and command != "plan"):
            raise TerraformFailed(command, errors(map(event, said)), rest)
        return status

    def _start(self, arguments: list[str], complaints: int) -> subprocess.Popen[str]:
        try:
            return subprocess.Popen(
                ["terraform", *arguments],
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=complaints,
                encoding="utf-8",
                start_new_session=True,
            )
        except FileNotFoundError:
            raise Refusal(
                "There is no terraform program on PATH: install Terraform 1.11 or newer and try again."
            ) from None


def _drained(
    lines: Iterable[str], listener: Callable[[str], None] | None
) -> tuple[list[str], Exception | SystemExit | None]:
    """All lines, each told to `listener` until it fails; and its failure (rich ends the program at a broken pipe)."""
    said: list[str] = []
    failure: Exception | SystemExit | None = None
    for text in lines:
        said.append(text)
        if listener is not None and failure is None:
            try:
                listener(text)
            except (Exception, SystemExit) as reason:  # noqa: BLE001 -- raised by the caller, once Terraform has ended
                failure = reason
    return said, failure


@contextlib.contextmanager
def _passing_on(process: subprocess.Popen[str], *, changing: bool) -> Iterator[list[int]]:
    """Passes what is to end us on to a program, as an interrupt, while the block runs; yields the signals that came."""
    came: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield came
        return

    def pass_on(number: int, _frame: FrameType | None) -> None:
        came.append(number)
        # A second one asks Terraform to give up at once: who presses twice means it. A pipeline's SIGTERM after its
        # SIGINT means only that it grows impatient.
        again = len(came) > 1
        if number == signal.SIGINT or not again:
            process.send_signal(signal.SIGINT)
        told = _ENDING if not again else _GIVING_UP if number == signal.SIGINT else _STILL_ENDING
        told = told if changing else _ENDING_UNCHANGED
        with contextlib.suppress(OSError):
            os.write(sys.stderr.fileno(), told)  # not print, whose buffer the interrupted code may be writing

    before = {number: signal.signal(number, pass_on) for number in (signal.SIGINT, *LIKE_CTRL_C)}
    try:
        yield came
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

"""The command `logs`: print the logs of all processes or of one, formatted or raw."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from mercat.commands import render
from mercat.installation import CommandError, Installation
from mercat.stack import log_rotation

_POLL_INTERVAL = 0.2
_STYLES = ("cyan", "magenta", "yellow", "green", "blue", "red")
_REQUEST_FIELDS = ("http.request.method", "http.route", "http.response.status_code")
# Not printed, as the line shows them otherwise or only programs need them; `--raw` prints all fields.
_HIDDEN_FIELDS = (
    "service.name",
    "event.duration",
    "http.response.body.bytes",
    "http.request.id",
    "trace.id",
    "client.ip",
)


def select_logs(installation: Installation, name: str | None) -> list[Path]:
    """The log files of one process with its replicas, or of all.

    Raises:
        CommandError: there is no such log; the message names the existing ones.
    """
    found = sorted(installation.logs.glob("*.log"), key=lambda log: log.stem) if installation.logs.exists() else []
    if name is None:
        return found
    chosen = [log for log in found if log.stem == name or log.stem.startswith(f"{name}-")]
    if not chosen:
        there = ", ".join(log.stem for log in found) or "none yet"
        raise CommandError(f"There is no log of {name!r}. There are: {there}")
    return chosen


def print_last(installation: Installation, name: str | None, *, lines: int, raw: bool) -> None:
    """Print the last lines of each chosen log."""
    write = _writer(raw=raw)
    for log in select_logs(installation, name):
        for line in log_rotation.tail(log, lines).splitlines():
            write(log.stem, line)


def follow(installation: Installation, name: str | None, *, raw: bool, alive: Callable[[], bool]) -> None:
    """Print new lines until Ctrl-C or until `alive` returns false. New log files are followed too."""
    select_logs(installation, name)
    write = _writer(raw=raw)
    follower = _LogFollower(installation, name)
    try:
        while True:
            running = alive()
            for stem, line in follower.new_lines():
                write(stem, line)
            if not running:
                return
            time.sleep(_POLL_INTERVAL)
    except KeyboardInterrupt:
        return
    finally:
        follower.close()


class _LogFollower:
    """Reads the new lines of the selected logs."""

    def __init__(self, installation: Installation, name: str | None) -> None:
        self.installation, self.name = installation, name
        self.files: dict[Path, BinaryIO] = {}
        self.partial: dict[Path, bytes] = {}
        self._open(at_end=True)

    def _open(self, *, at_end: bool) -> None:
        for log in select_logs(self.installation, self.name):
            if log not in self.files:
                self.files[log] = log.open("rb")
                if at_end:
                    self.files[log].seek(0, 2)

    def new_lines(self) -> Iterator[tuple[str, str]]:
        """The complete lines written since the last call, each with the name of its process."""
        self._open(at_end=False)
        for log, file in self.files.items():
            if log.stat().st_size < file.tell():
                file.seek(0)  # it was rotated
            *lines, rest = (self.partial.get(log, b"") + file.read()).split(b"\n")
            self.partial[log] = rest
            for line in lines:
                yield log.stem, line.decode(errors="replace")

    def close(self) -> None:
        """Close all log files."""
        for file in self.files.values():
            file.close()


def _writer(*, raw: bool) -> Callable[[str, str], None]:
    if raw:
        return lambda _, line: print(line, flush=True)
    from rich.text import Text

    out = render.console()

    def write(name: str, line: str) -> None:
        style = _STYLES[sum(name.split("-", 1)[0].encode()) % len(_STYLES)]
        out.print(Text(f"{name:<14} ", style=style).append(format_line(line), style="default"), soft_wrap=True)

    return write


def format_line(line: str) -> str:
    """A JSON line as `time level message name=value ...`, with a short form for requests; other lines unchanged."""
    try:
        fields = json.loads(line)
    except ValueError:
        return line
    if not isinstance(fields, dict):
        return line
    moment, level, message = (str(fields.get(name, "")) for name in ("@timestamp", "log.level", "message"))
    if message == "request":
        message = " ".join(str(fields.get(name, "?")) for name in _REQUEST_FIELDS)
        message += f" {fields.get('event.duration', 0) / 1e6:.1f} ms"
    known = {"@timestamp", "log.level", "message", *_HIDDEN_FIELDS, *_REQUEST_FIELDS}
    rest = [f"{name}={value}" for name, value in fields.items() if name not in known]
    return "  ".join(part for part in (moment[11:23], level, message, *rest) if part)

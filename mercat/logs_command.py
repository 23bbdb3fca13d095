"""`mercat logs`: the logs of all processes or of one, readable or raw."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from mercat import rotation, show
from mercat.refusal import Refusal
from mercat.store import Store

_LOOK_EVERY = 0.2
_STYLES = ("cyan", "magenta", "yellow", "green", "blue", "red")
_REQUEST = ("http.request.method", "http.route", "http.response.status_code")
# Told by the line's place, or of use to a program only (`--raw` has it all).
_NOISE = ("service.name", "event.duration", "http.response.body.bytes", "http.request.id", "trace.id", "client.ip")


def choose(store: Store, name: str | None) -> list[Path]:
    """The log files of one process (replicas included) or of all.

    Raises:
        Refusal: there is no such log; the message names those there are.
    """
    found = sorted(store.logs.glob("*.log"), key=lambda log: log.stem) if store.logs.exists() else []
    if name is None:
        return found
    chosen = [log for log in found if log.stem == name or log.stem.startswith(f"{name}-")]
    if not chosen:
        there = ", ".join(log.stem for log in found) or "none yet"
        raise Refusal(f"There is no log of {name!r}. There are: {there}")
    return chosen


def show_last(store: Store, name: str | None, *, lines: int, raw: bool) -> None:
    """Print the last lines of each chosen log."""
    write = _writer(raw=raw)
    for log in choose(store, name):
        for line in rotation.tail(log, lines).splitlines():
            write(log.stem, line)


def follow(store: Store, name: str | None, *, raw: bool, alive: Callable[[], bool]) -> None:
    """Print what is written from now on, until Ctrl-C or the store's end. Logs that appear later are followed too."""
    choose(store, name)
    write = _writer(raw=raw)
    tails = _Tails(store, name)
    try:
        while True:
            going_on = alive()
            for stem, line in tails.news():
                write(stem, line)
            if not going_on:
                return
            time.sleep(_LOOK_EVERY)
    except KeyboardInterrupt:
        return
    finally:
        tails.close()


class _Tails:
    """The open ends of the chosen logs."""

    def __init__(self, store: Store, name: str | None) -> None:
        self.store, self.name = store, name
        self.files: dict[Path, BinaryIO] = {}
        self.rests: dict[Path, bytes] = {}
        self._open(at_end=True)

    def _open(self, *, at_end: bool) -> None:
        for log in choose(self.store, self.name):
            if log not in self.files:
                self.files[log] = log.open("rb")
                if at_end:
                    self.files[log].seek(0, 2)

    def news(self) -> Iterator[tuple[str, str]]:
        """Whole lines written since the last call, each with its process."""
        self._open(at_end=False)
        for log, file in self.files.items():
            if log.stat().st_size < file.tell():
                file.seek(0)  # it was rotated
            *lines, rest = (self.rests.get(log, b"") + file.read()).split(b"\n")
            self.rests[log] = rest
            for line in lines:
                yield log.stem, line.decode(errors="replace")

    def close(self) -> None:
        for file in self.files.values():
            file.close()


def _writer(*, raw: bool) -> Callable[[str, str], None]:
    if raw:
        return lambda _, line: print(line, flush=True)
    from rich.text import Text

    out = show.console()

    def write(name: str, line: str) -> None:
        style = _STYLES[sum(name.split("-", 1)[0].encode()) % len(_STYLES)]
        out.print(Text(f"{name:<14} ", style=style).append(readable(line), style="default"), soft_wrap=True)

    return write


def readable(line: str) -> str:
    """A JSON line as `time level what name=value ...`, a request's as its own short form; any other line as it is."""
    try:
        fields = json.loads(line)
    except ValueError:
        return line
    if not isinstance(fields, dict):
        return line
    moment, level, what = (str(fields.get(name, "")) for name in ("@timestamp", "log.level", "message"))
    if what == "request":
        what = " ".join(str(fields.get(name, "?")) for name in _REQUEST)
        what += f" {fields.get('event.duration', 0) / 1e6:.1f} ms"
    known = {"@timestamp", "log.level", "message", *_NOISE, *_REQUEST}
    rest = [f"{name}={value}" for name, value in fields.items() if name not in known]
    return "  ".join(part for part in (moment[11:23], level, what, *rest) if part)

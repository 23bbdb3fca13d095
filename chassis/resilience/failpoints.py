"""Named failpoints: places where a test may make the process die, wait or fail.

`FAILPOINTS="checkout.after_reserve=kill,payments.before_stripe=sleep:2*1"`: at each passage of the point the process
is killed (SIGKILL), sleeps so many seconds, or raises `InjectedFault`; `*N` limits it to the first N passages.

`FAILPOINTS="folder:/path"` sets them while the process runs: a file in that folder, named as a point, holds a number N.
At the N-th passage since then the process removes the file and is killed. Of several processes only the one that
removed the file is killed, so each file kills one process.

FAILPOINTS is refused in staging and production by chassis.config.settings. With no failpoint set, a point costs one
look into a dict.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

_FOLDER = "folder:"
_PATTERN = re.compile(r"(?P<name>[a-z_.]+)=(?P<action>kill|raise|sleep:(?P<seconds>[0-9.]+))(\*(?P<times>[0-9]+))?")


class InjectedFault(RuntimeError):
    """Raised by a failpoint set to `raise`."""


@dataclass
class _Failpoint:
    action: str
    seconds: float
    left: int | None  # passages that still fail; None = all


@dataclass
class _Folder:
    path: Path | None = None
    passages: Counter[str] = field(default_factory=Counter)  # of each point since its file was first seen


_active: dict[str, _Failpoint] = {}
_folder = _Folder()


def configure(text: str) -> None:
    """Set the failpoints, in place of any set before.

    Raises:
        ValueError: an entry is not of the form above.
    """
    _active.clear()
    _active.update(parse(text))
    _folder.path = Path(text.removeprefix(_FOLDER)) if text.startswith(_FOLDER) else None


def parse(text: str) -> dict[str, _Failpoint]:
    """The failpoints of a text, by name; none for a folder.

    Raises:
        ValueError: an entry is not of the form above.
    """
    found: dict[str, _Failpoint] = {}
    if text.startswith(_FOLDER):
        return found
    for entry in filter(None, (part.strip() for part in text.split(","))):
        match = _PATTERN.fullmatch(entry)
        if match is None:
            form = "name=kill|raise|sleep:SECONDS[*TIMES]"
            raise ValueError(f"failpoint {entry!r} is not of the form {form}, and the text is not folder:PATH")
        times = match["times"]
        action = match["action"].partition(":")[0]
        found[match["name"]] = _Failpoint(action, float(match["seconds"] or 0), int(times) if times else None)
    return found


async def point(name: str) -> None:
    """A place where a test may let the process fail."""
    if _folder.path is not None and _take_file(_folder.path / name):
        os.kill(os.getpid(), signal.SIGKILL)
    failpoint = _active.get(name)
    if failpoint is None or failpoint.left == 0:
        return
    if failpoint.left is not None:
        failpoint.left -= 1
    if failpoint.action == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if failpoint.action == "raise":
        raise InjectedFault(name)
    await asyncio.sleep(failpoint.seconds)


def _take_file(file: Path) -> bool:
    """Whether this is the passage that the point's file asks for, and this process removed the file."""
    try:
        passage = int(file.read_text())
        _folder.passages[file.name] += 1
        if _folder.passages[file.name] < passage:
            return False
        file.unlink()
    except FileNotFoundError:
        del _folder.passages[file.name]
        return False
    return True

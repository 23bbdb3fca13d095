"""Named failpoints: places where a test may make the process die, wait or fail.

`FAILPOINTS="checkout.after_reserve=kill,payments.before_stripe=sleep:2*1"`: at each passage of the point the process
is killed (SIGKILL), sleeps so many seconds, or raises `InjectedFault`; `*N` limits it to the first N passages.
Refused in staging and production by chassis.config.settings. With no failpoint set, a point costs one look into a dict.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
from dataclasses import dataclass

_PATTERN = re.compile(r"(?P<name>[a-z_.]+)=(?P<action>kill|raise|sleep:(?P<seconds>[0-9.]+))(\*(?P<times>[0-9]+))?")


class InjectedFault(RuntimeError):
    """Raised by a failpoint set to `raise`."""


@dataclass
class _Failpoint:
    action: str
    seconds: float
    left: int | None  # passages that still fail; None = all


_active: dict[str, _Failpoint] = {}


def configure(text: str) -> None:
    """Set the failpoints, in place of any set before.

    Raises:
        ValueError: an entry is not of the form above.
    """
    found = parse(text)
    _active.clear()
    _active.update(found)


def parse(text: str) -> dict[str, _Failpoint]:
    """The failpoints of a text, by name.

    Raises:
        ValueError: an entry is not of the form above.
    """
    found = {}
    for entry in filter(None, (part.strip() for part in text.split(","))):
        match = _PATTERN.fullmatch(entry)
        if match is None:
            raise ValueError(f"failpoint {entry!r} is not of the form name=kill|raise|sleep:SECONDS[*TIMES]")
        times = match["times"]
        action = match["action"].partition(":")[0]
        found[match["name"]] = _Failpoint(action, float(match["seconds"] or 0), int(times) if times else None)
    return found


async def point(name: str) -> None:
    """A place where a test may let the process fail."""
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

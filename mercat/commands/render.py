"""Renders the status of the store for a terminal."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from mercat.stack.status_file import ProcessStatus, StackStatus

_SIGNS = {
    "waiting": ("·", "dim"),
    "starting": ("→", "cyan"),
    "ready": ("✓", "green"),
    "done": ("✓", "green"),
    "restarting": ("↻", "yellow"),
    "stopping": ("→", "cyan"),
    "stopped": ("·", "dim"),
    "failed": ("✗", "red"),
}


def console(*, stderr: bool = False) -> Console:
    """A console; without colours if NO_COLOR is set or the output is a pipe."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False)


def progress(status: StackStatus, *, finished: bool = False) -> Table:
    """The progress of a start or stop, one row for each process."""
    from rich.spinner import Spinner
    from rich.table import Table

    table = Table.grid(padding=(0, 2))
    for entry in status.entries:
        sign, style = _SIGNS[entry.condition]
        moving = entry.condition in {"starting", "stopping", "restarting"} and not finished
        mark = Spinner("dots", style=style) if moving else f"[{style}]{sign}[/]"
        table.add_row(mark, _name(entry), f"[dim]{entry.about}[/]", f"[{style}]{entry.description}[/]")
    return table


def _name(entry: ProcessStatus) -> str:
    return f"[dim]{entry.name}[/]" if entry.once else f"[bold]{entry.name}[/]"


def condition_changes(before: Iterable[ProcessStatus], after: Iterable[ProcessStatus]) -> list[str]:
    """A line for each process whose condition changed, for output that cannot be redrawn."""
    known = {entry.name: (entry.condition, entry.restarts) for entry in before}
    not_printed = {"waiting", "starting", "stopping"}
    return [
        f"{_SIGNS[entry.condition][0]} {entry.name:<18} {entry.description}"
        for entry in after
        if known.get(entry.name) != (entry.condition, entry.restarts) and entry.condition not in not_printed
    ]


def addresses(status: StackStatus) -> Table:
    """The table of addresses."""
    from rich.table import Table

    table = Table.grid(padding=(0, 2))
    for label, address in status.addresses.items():
        link = f"[link={address}]{address}[/link]" if address.startswith("http") else address
        table.add_row(f"  {label}", f"[bold]{link}[/]")
    return table


def overview(status: StackStatus, memory: dict[int, int]) -> Table:
    """The table of the command `status`; `memory` is in bytes by process id."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for heading in ("process", "condition", "since", "restarts", "port", "memory"):
        table.add_column(heading, justify="right" if heading in {"restarts", "memory"} else "left")
    for entry in status.entries:
        if entry.once and entry.condition == "done":
            continue
        style = _SIGNS[entry.condition][1]
        used = memory.get(entry.pid or -1)
        table.add_row(
            entry.name,
            # The last exit is printed below the table.
            f"[{style}]{entry.condition}[/]" + (f" {entry.message}" if entry.message not in {"", entry.ended} else ""),
            age(time.time() - entry.since) if entry.since else "",
            str(entry.restarts or ""),
            str(entry.port or ""),
            f"{used / 2**20:.0f} MB" if used else "",
        )
    return table


def exits(status: StackStatus) -> list[str]:
    """A line for each process that ended unexpectedly: how, and how long ago."""
    return [
        f"{entry.name} {entry.ended}, {age(time.time() - entry.ended_at)} ago; {entry.restarts} restarts so far"
        for entry in status.entries
        if entry.ended
    ]


def age(seconds: float) -> str:
    """A duration, rounded to its largest unit: 42 s, 5 min, 3 h, 2 d."""
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s"

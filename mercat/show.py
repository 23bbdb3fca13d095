"""How the store's state looks on a terminal."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from mercat.board import Entry, Status

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
    """Plain where colours are not wanted or understood (NO_COLOR, a pipe)."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False)


def progress(status: Status, *, finished: bool = False) -> Table:
    """One line a process, as it stands."""
    from rich.spinner import Spinner
    from rich.table import Table

    table = Table.grid(padding=(0, 2))
    for entry in status.entries:
        sign, style = _SIGNS[entry.condition]
        moving = entry.condition in {"starting", "stopping", "restarting"} and not finished
        mark = Spinner("dots", style=style) if moving else f"[{style}]{sign}[/]"
        table.add_row(mark, _name(entry), f"[dim]{entry.about}[/]", f"[{style}]{happening(entry)}[/]")
    return table


def _name(entry: Entry) -> str:
    return f"[dim]{entry.name}[/]" if entry.once else f"[bold]{entry.name}[/]"


def happening(entry: Entry) -> str:
    """An entry's condition in a few words."""
    took = f" in {entry.took:.1f} s" if entry.took is not None else ""
    if entry.condition in {"ready", "done"}:
        return f"{entry.condition}{took}"
    return f"{entry.condition}: {entry.message}" if entry.message else entry.condition


def changes(before: Iterable[Entry], after: Iterable[Entry]) -> list[str]:
    """A line for each process whose condition changed, for a terminal that cannot redraw."""
    known = {entry.name: (entry.condition, entry.restarts) for entry in before}
    quiet = {"waiting", "starting", "stopping"}
    return [
        f"{_SIGNS[entry.condition][0]} {entry.name:<18} {happening(entry)}"
        for entry in after
        if known.get(entry.name) != (entry.condition, entry.restarts) and entry.condition not in quiet
    ]


def addresses(status: Status) -> Table:
    """What a person opens."""
    from rich.table import Table

    table = Table.grid(padding=(0, 2))
    for label, address in status.addresses.items():
        link = f"[link={address}]{address}[/link]" if address.startswith("http") else address
        table.add_row(f"  {label}", f"[bold]{link}[/]")
    return table


def overview(status: Status, memory: dict[int, int]) -> Table:
    """`mercat status`: what runs, with memory in bytes by process id."""
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
            # How it ended has a line of its own, below.
            f"[{style}]{entry.condition}[/]" + (f" {entry.message}" if entry.message not in {"", entry.ended} else ""),
            age(time.time() - entry.since) if entry.since else "",
            str(entry.restarts or ""),
            str(entry.port or ""),
            f"{used / 2**20:.0f} MB" if used else "",
        )
    return table


def ends(status: Status) -> list[str]:
    """How each process last ended without being asked to, and when."""
    return [
        f"{entry.name} {entry.ended}, {age(time.time() - entry.ended_at)} ago; {entry.restarts} restarts so far"
        for entry in status.entries
        if entry.ended
    ]


def age(seconds: float) -> str:
    """A length of time as a person says it: 42 s, 5 min, 3 h, 2 d."""
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s"

"""The command `status`: show what runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mercat.commands import render
from mercat.installation import Installation, command_line
from mercat.stack.status_file import StackStatus
from mercat.stack.supervisor_process import SupervisorProcess

if TYPE_CHECKING:
    import psutil


def status(installation: Installation, *, as_json: bool) -> bool:
    """Print the status of all processes; returns whether the store is usable."""
    import msgspec

    found = SupervisorProcess(installation).status()
    if as_json:
        print(msgspec.json.encode(found).decode() if found else '{"phase": "stopped"}')
        return found is not None and found.phase == "running"
    out = render.console()
    if found is None:
        if killed := SupervisorProcess(installation).unexpected_end():
            out.print(killed, soft_wrap=True)
        out.print(f"The store is not running. Start it with: {command_line.typed_command('up')}", soft_wrap=True)
        return False
    memory = _memory(found)
    out.print(render.overview(found, memory))
    for line in render.exits(found):
        out.print(line, markup=False, soft_wrap=True)
    out.print(f"The store is {found.phase}; {sum(memory.values()) / 2**20:.0f} MB in all.")
    out.print(render.addresses(found))
    return found.phase == "running"


def _memory(found: StackStatus) -> dict[int, int]:
    """Bytes of memory by process id: of the supervisor alone, and of each process with its children."""
    import psutil

    used = {}
    for pid in [found.pid, *(entry.pid for entry in found.entries if entry.pid)]:
        try:
            one = psutil.Process(pid)
            family = [one] if pid == found.pid else [one, *one.children(recursive=True)]
        except psutil.Error:
            continue
        used[pid] = sum(map(_own_memory, family))
    return used


def _own_memory(process: psutil.Process) -> int:
    """Bytes of memory: PSS, where shared pages count in part, if the system has it; else RSS."""
    import psutil

    try:
        full = process.memory_full_info()
    except psutil.Error:
        return 0
    return int(getattr(full, "pss", 0) or full.rss)

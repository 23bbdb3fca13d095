"""Ports for servers that are started for tests: chosen now, used later, and taken by nobody else in between."""

from __future__ import annotations

import socket
from functools import cache
from itertools import cycle, islice
from pathlib import Path

_EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")
_BLOCK = 60
_FIRST_HELD = 65_470


def free_port() -> int:
    """A loopback port that nobody uses.

    On Linux it lies above the ports that the kernel gives to outgoing connections, in a block of this process alone.
    Elsewhere, and where no block is left, it is any that is free at this moment.
    """
    for port in islice(_own_ports(), _BLOCK):
        if _bound(port) is not None:
            return port
    found = _bound(0)
    if found is None:
        raise OSError("no port of 127.0.0.1 is free")
    return found


def hold(number: int) -> bool:
    """Whether no other process has said this number, from 0 to 65, before: it is this process's own until it ends."""
    return _hold(_FIRST_HELD + number)


def _hold(port: int) -> bool:
    """Whether the port is this process's until it ends: nobody else can bind it, and nobody listens."""
    holder = socket.socket()
    try:
        holder.bind(("127.0.0.1", port))
    except OSError:
        holder.close()
        return False
    holder.detach()  # not closed before the process ends
    return True


def _bound(port: int) -> int | None:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return None
        return int(probe.getsockname()[1])


@cache
def _own_ports() -> cycle[int]:
    """The ports of a block whose first one this process holds."""
    last = int(_EPHEMERAL.read_text().split()[1]) if _EPHEMERAL.exists() else _FIRST_HELD
    for first in range(last + 1, _FIRST_HELD - _BLOCK, _BLOCK):
        if _hold(first):
            return cycle(range(first + 1, first + _BLOCK))
    return cycle(())

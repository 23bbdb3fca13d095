"""Checks whether TCP ports are free, and finds the processes that listen on them."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

from local_servers.ports import hold
from mercat.config.environment import SUPERVISED_VARIABLE
from mercat.installation import CommandError, command_line
from mercat.installation.installation import MAX_OFFSET, PORTS

# Of the services: where their first replica listens.
_FIRST = (8001, 8002, 8003, 8004, 8008, 8016)


def is_taken(port: int) -> bool:
    """Whether a process listens on the port on loopback, by IPv4 or IPv6. A closed connection does not count."""
    return _taken(socket.AF_INET, "127.0.0.1", port) or _taken(socket.AF_INET6, "::1", port)


def _taken(family: socket.AddressFamily, host: str, port: int) -> bool:
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
            probe.listen(1)
    except OSError as error:
        # A machine without IPv6 refuses the address, not the port.
        return error.errno in {errno.EADDRINUSE, errno.EACCES}
    return False


def listeners(ports: Iterable[int]) -> dict[int, str]:
    """The process that listens on each port, as "name (process 123)", if this user may see it."""
    wanted = set(ports)
    listening = ((one.laddr.port, pid) for one, pid in _connections() if one.status == "LISTEN")
    return {port: _describe(pid) for port, pid in listening if port in wanted}


def _connections() -> Iterator[tuple[Any, int]]:
    import psutil

    try:
        for connection in psutil.net_connections(kind="tcp"):
            if connection.pid:
                yield connection, connection.pid
    except psutil.AccessDenied:  # macOS tells all at once only to root: ask each process that we may
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                yield from ((connection, process.pid) for connection in process.net_connections(kind="tcp"))


def _describe(pid: int) -> str:
    import psutil

    try:
        process = psutil.Process(pid)
        of = process.environ().get(SUPERVISED_VARIABLE)
    except psutil.Error:
        return f"process {pid}"
    return f"{process.name()} (process {process.pid}{f', of the store in {of}' if of else ''})"


def check_free(ports: Iterable[tuple[int, str]], *, offset: int) -> None:
    """Check that no process listens on these ports; `ports` are pairs of number and purpose.

    Raises:
        CommandError: names each port that is taken, the process that holds it, and a solution.
    """
    taken = [(port, use) for port, use in ports if is_taken(port)]
    if not taken:
        return
    by = listeners(port for port, _ in taken)
    lines = [f"Port {port} ({use}) is taken by {by.get(port, 'a process of another user')}." for port, use in taken]
    other = command_line.mercat_command(f"up --port-offset {_suggestion(offset)}")
    way_out = f"Stop it, or let this store use other ports: {other}"
    raise CommandError(
        "\n".join([*lines, f"{way_out}\n(MERCAT_PORT_OFFSET in the environment or in .env keeps it so.)"])
    )


def free_offset() -> int:
    """A port offset at which nobody listens now, and that no other process is given: for a store beside others.

    No two hundreds have a port in common, since no two ports of a store have the same last two digits.

    Raises:
        CommandError: every offset is taken.
    """
    used = [*PORTS.values(), *(first + 10 * replica for first in _FIRST for replica in (0, 1))]
    for hundreds in range(1, MAX_OFFSET // 100 + 1):
        if hold(hundreds) and not any(is_taken(port + 100 * hundreds) for port in used):
            return 100 * hundreds
    raise CommandError("Every port offset is taken. End a store that you do not need.")


def _suggestion(offset: int) -> int:
    return offset + 100 if offset <= 1000 else (os.getpid() % 9 + 1) * 100

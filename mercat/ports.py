"""Who holds a port."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Iterable

from mercat.refusal import Refusal


def is_taken(port: int) -> bool:
    """Whether somebody listens on the port on loopback, by IPv4 or IPv6. A closed connection's rest does not count."""
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


def holder(port: int) -> str | None:
    """The process that listens on the port, as "name (process 123)", where this user may know it."""
    import psutil

    for process in psutil.process_iter():
        try:
            connections = process.net_connections(kind="tcp")
            if any(c.status == psutil.CONN_LISTEN and c.laddr.port == port for c in connections):
                return f"{process.name()} (process {process.pid})"
        except (psutil.Error, OSError):
            continue
    return None


def check_free(ports: Iterable[tuple[int, str]], *, offset: int) -> None:
    """`ports` are numbers and what they are for.

    Raises:
        Refusal: naming each port that is taken, by whom, and the way out.
    """
    taken = [(port, use) for port, use in ports if is_taken(port)]
    if not taken:
        return
    lines = []
    for port, use in taken:
        held_by = holder(port)
        lines.append(f"Port {port} ({use}) is taken by {held_by or 'a process of another user'}.")
    way_out = f"Stop it, or let this store use other ports: mercat up --port-offset {_suggestion(offset)}"
    raise Refusal("\n".join([*lines, f"{way_out}\n(MERCAT_PORT_OFFSET in the environment or in .env keeps it so.)"]))


def _suggestion(offset: int) -> int:
    return offset + 100 if offset <= 1000 else (os.getpid() % 9 + 1) * 100

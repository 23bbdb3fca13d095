"""A container of an image, as a pod runs it, in a network of its own or in this machine's."""

from __future__ import annotations

import ctypes
import http.client
import re
import secrets
import socket
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.drills.engine import inspect, run

_CLONE_NEWNET = 0x40000000


@dataclass(frozen=True)
class Container:
    """A container that runs; `pid` is of its first process."""

    name: str
    pid: int
    port: int = 8000
    address: str = "127.0.0.1"

    def connect(self) -> socket.socket:
        """A connection to its port, made inside its own network.

        Raises:
            OSError: nothing listens there, or the container has ended.
        """
        outcome: list[socket.socket | OSError] = []

        def enter() -> None:
            try:
                _join_network(self.pid)
                outcome.append(socket.create_connection((self.address, self.port), timeout=30))
            except OSError as error:
                outcome.append(error)

        thread = threading.Thread(target=enter)
        thread.start()
        thread.join()
        [made] = outcome
        if isinstance(made, OSError):
            raise made
        return made

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Any:
        """The HTTPResponse, with its body as `text`."""
        with self.connect() as connection:
            client = http.client.HTTPConnection(self.address, self.port)
            client.sock = connection
            client.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
            answer: Any = client.getresponse()
            answer.text = answer.read().decode(errors="replace")
            return answer

    def status(self, path: str) -> int:
        """The status of GET; 0 while nothing listens."""
        try:
            return int(self.ask("GET", path).status)
        except (OSError, http.client.HTTPException):
            return 0

    def answers_ready(self) -> bool:
        """Whether it says that it is ready."""
        return self.status("/health/ready") == 200

    def ended(self) -> bool:
        """Whether its first process is gone."""
        return not Path(f"/proc/{self.pid}").exists()

    def kernel(self, name: str) -> str:
        """A line of /proc/PID/status."""
        found = re.search(rf"^{name}:\s*(.*)$", Path(f"/proc/{self.pid}/status").read_text(), re.MULTILINE)
        if not found:
            raise KeyError(name)
        return found[1]

    def state(self) -> dict[str, Any]:
        """What podman says of it: Running, ExitCode, OOMKilled, Health."""
        found: dict[str, Any] = inspect("container", self.name)["State"]
        return found

    def exit_code(self) -> int:
        """Of its first process, once it has ended; 137 where it was killed, for too much memory too."""
        return int(run("podman", "wait", self.name))

    def signal(self, name: str) -> None:
        """Send its first process a signal, as the kubelet does."""
        run("podman", "kill", "--signal", name, self.name)

    def healthcheck(self) -> str:
        """The status that the image's own health check finds."""
        run("podman", "healthcheck", "run", self.name)
        return str(self.state()["Health"]["Status"])

    def logs(self) -> str:
        """The end of what it wrote."""
        return run("podman", "logs", self.name, stderr=subprocess.STDOUT)[-3000:]


def _join_network(pid: int) -> None:
    """Take this thread, and no other, into the network of a process.

    Raises:
        OSError: there is no such process, or this one may not.
    """
    with Path(f"/proc/{pid}/ns/net").open() as network:
        if ctypes.CDLL(None, use_errno=True).setns(network.fileno(), _CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")


@contextmanager
def running(
    image: str, flags: Sequence[str], args: Sequence[str], *, network: str = "none", **place: Any
) -> Iterator[Container]:
    """A container, removed after the block. `place`: its port and address, where not a pod's own."""
    name = f"mercat-test-{secrets.token_hex(4)}"
    try:
        run("podman", "run", "--detach", "--pull=never", f"--network={network}", "--name", name, *flags, image, *args)
        yield Container(name, inspect("container", name)["State"]["Pid"], **place)
    finally:
        run("podman", "rm", "--force", "--ignore", "--time", "0", name)

"""CPU per request of a server: a fixed number of requests over kept connections, several rounds in turn, the median.

Wall-clock rates move with whatever else the machine does; the CPU that the server's own processes used hardly does.
"""

from __future__ import annotations

import asyncio
import itertools
import statistics
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Self

import psutil

CONNECTIONS, REQUESTS, ROUNDS = 16, 6_000, 5


@dataclass
class Subject:
    """A server to measure: its port, its processes, what is asked. With `bodies`, each request posts the next one."""

    name: str
    port: int
    pids: Sequence[int]
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    bodies: Sequence[bytes] = ()
    milliseconds: list[float] = field(default_factory=list)
    messages: Iterator[bytes] = field(init=False)

    def __post_init__(self) -> None:
        self.messages = itertools.cycle([self._message(body) for body in self.bodies or [b""]])

    def _message(self, body: bytes) -> bytes:
        lines = [f"{'POST' if body else 'GET'} {self.path} HTTP/1.1", "Host: localhost"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        if body:
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        return ("\r\n".join(lines) + "\r\n\r\n").encode() + body

    @property
    def median(self) -> float:
        """CPU milliseconds a request."""
        return statistics.median(self.milliseconds)

    @property
    def spread(self) -> float:
        """(max - min) / median."""
        return (max(self.milliseconds) - min(self.milliseconds)) / self.median


def cpu_seconds(pids: Sequence[int]) -> float:
    """User and system time of the processes and their children so far."""
    roots = [psutil.Process(pid) for pid in pids]
    times = [process.cpu_times() for root in roots for process in (root, *root.children(recursive=True))]
    return sum(time.user + time.system for time in times)


async def measure(subjects: Sequence[Subject], *, requests: int = REQUESTS, rounds: int = ROUNDS) -> None:
    """Ask each in turn, round after round, so that a disturbance meets all of them."""
    for subject in subjects:
        await _ask(subject, requests // 10)
    for _ in range(rounds):
        for subject in subjects:
            before = cpu_seconds(subject.pids)
            await _ask(subject, requests)
            subject.milliseconds.append((cpu_seconds(subject.pids) - before) * 1000 / requests)


async def _ask(subject: Subject, requests: int) -> None:
    await asyncio.gather(*(_connection(subject, max(1, requests // CONNECTIONS)) for _ in range(CONNECTIONS)))


async def _connection(subject: Subject, requests: int) -> None:
    async with Connection(subject.port) as connection:
        for _ in range(requests):
            await connection.ask(next(subject.messages), 1)


def request_of(path: str, headers: Mapping[str, str]) -> bytes:
    """A GET as it is sent."""
    lines = [f"GET {path} HTTP/1.1", "Host: localhost", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


class Connection:
    """A kept connection to a loopback port, open within `async with`."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._writer.close()
        with suppress(OSError):
            await self._writer.wait_closed()

    async def ask(self, message: bytes, times: int) -> None:
        """Send the request and read its answer, so many times.

        Raises:
            RuntimeError: an answer was not 200 or 201.
        """
        for _ in range(times):
            self._writer.write(message)
            head = await self._reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 20"):
                raise RuntimeError(f"expected 200 or 201, got: {head[:300].decode(errors='replace')}")
            length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
            await self._reader.readexactly(int(length))


def report(figure: str, subject: Subject, floor: Subject, target: float) -> str:
    """One line: the ratio, what it should be, and both medians."""
    ratio = subject.median / floor.median
    verdict = "reached" if ratio <= target else f"missed by {ratio / target - 1:.0%}"
    return (
        f"{figure}: {ratio:.2f}x (target <= {target}x: {verdict}); {subject.name} {subject.median:.4f} ms CPU"
        f" (spread {subject.spread:.0%}), {floor.name} {floor.median:.4f} ms (spread {floor.spread:.0%})"
    )

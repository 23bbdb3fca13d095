"""CPU per request of a server: a fixed number of requests over keep-alive connections, the median of several rounds.

CPU time is measured, not wall-clock time, as it hardly depends on what else the machine does.
"""

from __future__ import annotations

import asyncio
import itertools
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from typing import Self

import psutil

from proofs.bench.figures import Figure

CONNECTIONS, REQUESTS, ROUNDS = 16, 6_000, 5


@dataclass
class Subject:
    """A server to measure: the ports and process ids of its replicas, and the requests.

    With `bodies` each request is a POST of the next one. Each connection has one request in progress at all times.
    """

    name: str
    ports: Sequence[int]
    pids: Sequence[int]
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    bodies: Sequence[bytes] = (b"",)
    connections: int = CONNECTIONS
    clock: Callable[[Sequence[int]], float] = field(default_factory=lambda: cpu_seconds)
    milliseconds: list[float] = field(default_factory=list)
    errors: list[BaseException] = field(default_factory=list)
    messages: Iterator[bytes] = field(init=False)

    def __post_init__(self) -> None:
        self.messages = itertools.cycle([request_of(self.path, self.headers, body) for body in self.bodies])

    @property
    def median(self) -> float:
        """CPU milliseconds a request."""
        return statistics.median(self.milliseconds)

    @property
    def spread(self) -> float:
        """(max - min) / median."""
        return (max(self.milliseconds) - min(self.milliseconds)) / self.median

    async def round(self, requests: int) -> float:
        """CPU milliseconds a request. Connecting and the first request of each connection do not count."""
        times = max(1, requests // self.connections)
        async with AsyncExitStack() as stack:
            opened = [
                await stack.enter_async_context(Connection(self.ports[number % len(self.ports)]))
                for number in range(self.connections)
            ]
            await self._ask(opened, 1)
            before = self.clock(self.pids)
            await self._ask(opened, times)
            return (self.clock(self.pids) - before) * 1000 / (times * self.connections)

    async def _ask(self, opened: Sequence[Connection], times: int) -> None:
        asked = (connection.ask(self.messages, times) for connection in opened)
        outcomes = await asyncio.gather(*asked, return_exceptions=True)
        self.errors += [outcome for outcome in outcomes if outcome is not None]


def cpu_seconds(pids: Sequence[int]) -> float:
    """User and system time of the processes and their children so far, ended children included."""
    spent = 0.0
    for root in map(psutil.Process, pids):
        times = [process.cpu_times() for process in (root, *root.children(recursive=True))]
        # PostgreSQL has a process for each connection.
        spent += times[0].children_user + times[0].children_system + sum(time.user + time.system for time in times)
    return spent


async def measure(
    subjects: Sequence[Subject], *, requests: int = REQUESTS, rounds: int = ROUNDS, count_errors: bool = False
) -> None:
    """Measure the subjects in turn, round after round, so that a disturbance affects all of them.

    Raises:
        RuntimeError, OSError: an answer was not 200 or 201, or a connection was closed; not with `count_errors`.
    """
    for number in range(rounds + 1):
        for subject in subjects:
            cost = await subject.round(requests if number else requests // 10)
            if subject.errors and not count_errors:
                raise subject.errors[0]
            subject.milliseconds += [cost] if number else []


def request_of(path: str, headers: Mapping[str, str], body: bytes = b"") -> bytes:
    """The bytes of a request: a POST of JSON if there is a body, else a GET."""
    lines = [f"{'POST' if body else 'GET'} {path} HTTP/1.1", "Host: localhost"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


class Connection:
    """A keep-alive connection to a loopback port, open within `async with`."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._writer.close()
        with suppress(OSError):
            await self._writer.wait_closed()

    async def ask(self, messages: Iterator[bytes], times: int) -> None:
        """Send so many requests, each after the answer to the one before it.

        Raises:
            RuntimeError: an answer was not 200 or 201.
        """
        for _ in range(times):
            self._writer.write(next(messages))
            head = await self._reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 20"):
                raise RuntimeError(f"expected 200 or 201, got: {head[:300].decode(errors='replace')}")
            length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
            await self._reader.readexactly(int(length))


def report(name: str, what: str, subject: Subject, floor: Subject, target: float) -> list[Figure]:
    """The ratio against its target, and both medians."""
    errors = [*subject.errors, *floor.errors]
    failed = f"{len(errors)} ERRORS, the first: {str(errors[0]).splitlines()[0]}" if errors else ""
    ratio = Figure(name, what, subject.median / floor.median, "x", "ratio", target=target, note=failed)
    return [ratio, _part(ratio, "measured", subject), _part(ratio, "floor", floor)]


def _part(ratio: Figure, name: str, subject: Subject) -> Figure:
    whole = f"{ratio.name}.{name}"
    return Figure(whole, subject.name, subject.median, "ms CPU", "cpu", spread=subject.spread, of=ratio.name)

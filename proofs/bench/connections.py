"""Many kept connections and more replicas: what a request costs then, against 16 connections and one replica.

Each connection has one request under way all the time. CPU is that of the service's processes; opening the connections
is not counted.
"""

from __future__ import annotations

import asyncio
import resource
import statistics
from collections.abc import Sequence
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass, field

from proofs.bench.load import CONNECTIONS, Connection, cpu_seconds, request_of
from proofs.bench.servers import bare, service_settings
from proofs.store import ProofStore

MANY, REQUESTS, ROUNDS = 1_000, 8_000, 5
MANY_TARGET, REPLICAS_TARGET = 1.3, 1.1


@dataclass
class Case:
    """A number of connections to the replicas at `ports`, and what a request cost in each round."""

    name: str
    ports: Sequence[int]
    processes: Sequence[int]
    connections: int
    message: bytes
    milliseconds: list[float] = field(default_factory=list)
    errors: int = 0

    async def round(self) -> None:
        """Open the connections, ask once on each, then measure REQUESTS more."""
        async with AsyncExitStack() as stack:
            opened = [
                await stack.enter_async_context(Connection(self.ports[number % len(self.ports)]))
                for number in range(self.connections)
            ]
            await self._ask(opened, 1)
            before = self._cpu()
            await self._ask(opened, REQUESTS // self.connections)
            self.milliseconds.append((self._cpu() - before) * 1000 / REQUESTS)

    async def _ask(self, opened: Sequence[Connection], times: int) -> None:
        outcomes = await asyncio.gather(
            *(connection.ask(self.message, times) for connection in opened), return_exceptions=True
        )
        self.errors += sum(outcome is not None for outcome in outcomes)

    def _cpu(self) -> float:
        return cpu_seconds(self.processes)


async def run(store: ProofStore) -> list[str]:
    """A line for each figure."""
    _raise_the_limit_of_open_files()
    direct, through = _catalog(store)
    with ExitStack() as stack:
        one, full, two = await asyncio.to_thread(_services, stack)
        for _ in range(ROUNDS):
            for case in (*direct, *through, one, full, two):
                await case.round()
    figure = f"{MANY:,} connections against {CONNECTIONS}"
    return [
        *(_report(figure, many, few, MANY_TARGET) for few, many in (direct, through, (one, full))),
        _report("2 replicas against 1", two, one, REPLICAS_TARGET),
    ]


def _catalog(store: ProofStore) -> tuple[tuple[Case, Case], tuple[Case, Case]]:
    """The store's own catalog with few and with many connections: asked directly, and through Traefik."""
    (catalog,), (edge,) = store.processes("catalog"), store.processes("traefik")
    assert catalog.port, catalog
    assert catalog.pid, catalog
    assert edge.pid, edge
    message = request_of("/api/v1/products?limit=20", {})
    few, many = (
        (
            Case("list of 20, cached", [catalog.port], [catalog.pid], number, message),
            Case("the same through Traefik", [store.store.port("http")], [catalog.pid, edge.pid], number, message),
        )
        for number in (CONNECTIONS, MANY)
    )
    return (few[0], many[0]), (few[1], many[1])


def _services(stack: ExitStack) -> tuple[Case, Case, Case]:
    """The endpoint of `single_request`: one replica with few and with many connections, and two replicas."""
    settings, headers = service_settings(stack)
    started = [stack.enter_context(bare("proofs.bench.bare.ours", settings)) for _ in range(2)]
    ports, processes = zip(*started, strict=True)
    message = request_of("/hello", headers)
    name = "signed in, limited, measured, logged"
    return (
        Case(name, ports[:1], processes[:1], CONNECTIONS, message),
        Case(name, ports[:1], processes[:1], MANY, message),
        Case(name, ports, processes, CONNECTIONS * 2, message),
    )


def _raise_the_limit_of_open_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MANY * 2
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard), hard))


def _report(figure: str, case: Case, base: Case, target: float) -> str:
    cost, floor = statistics.median(case.milliseconds), statistics.median(base.milliseconds)
    errors = case.errors + base.errors
    missed = [f"missed by {cost / floor / target - 1:.0%}"] if cost / floor > target else []
    missed += [f"{errors} errors"] if errors else []
    return (
        f"{figure}: {cost / floor:.2f}x (target <= {target}x, 0 errors: {', '.join(missed) or 'reached'});"
        f" {case.name} {cost:.4f} ms CPU against {floor:.4f} ms"
    )

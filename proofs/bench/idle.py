"""The cost of an idle store: CPU and memory by process, and the CPU time of a service's start."""

from __future__ import annotations

import asyncio
import os
import signal
import statistics
from pathlib import Path

import psutil

from proofs.bench.load import verdict
from proofs.store import ProofStore

# After this, connections and memory of the start and the seeding have been released.
SETTLE_SECONDS, REST_SECONDS = 90, 20
CPU_TARGET, MEMORY_TARGET, START_TARGET = 5.0, 450.0, 1.0
STARTED = "orders"
STARTS = 3


async def run(store: ProofStore) -> list[str]:
    """Lines for CPU and memory at rest, and for the start of a service."""
    await asyncio.sleep(SETTLE_SECONDS)
    before = cpu_milliseconds(store)
    await asyncio.sleep(REST_SECONDS)
    after, memory = cpu_milliseconds(store), _memory(store)
    spent = {name: (milliseconds - before.get(name, 0.0)) / REST_SECONDS for name, milliseconds in after.items()}
    started = statistics.median([await _start(store) for _ in range(STARTS)])
    cpu, pss = sum(spent.values()), sum(memory.values())
    return [
        f"at rest: {cpu:.1f} ms CPU a second (target <= {CPU_TARGET:.0f} ms: {verdict(cpu, CPU_TARGET)})",
        f"  of which: {_parts(spent, 2)}",
        f"memory at rest: {pss:.0f} MB PSS (target <= {MEMORY_TARGET:.0f} MB: {verdict(pss, MEMORY_TARGET)})",
        f"  of which: {_parts(memory, 0)}",
        f"start of {STARTED}: {started:.2f} s CPU (target <= {START_TARGET:.0f} s: {verdict(started, START_TARGET)})",
    ]


def _parts(figures: dict[str, float], digits: int) -> str:
    return ", ".join(f"{name} {figure:.{digits}f}" for name, figure in sorted(figures.items(), key=lambda it: -it[1]))


def processes_of(store: ProofStore) -> dict[str, list[psutil.Process]]:
    """The supervisor and each process of the store, with its child processes, by name."""
    status = store.status()
    found = {"supervisor": [psutil.Process(status.pid)]}
    for entry in status.entries:
        if entry.pid is not None and not entry.once:
            root = psutil.Process(entry.pid)
            found[entry.name] = [root, *root.children(recursive=True)]
    return found


def cpu_milliseconds(store: ProofStore) -> dict[str, float]:
    """By name, so far. The kernel's count in nanoseconds: idle processes use less than a clock tick."""
    return {name: sum(map(_on_cpu, processes)) for name, processes in processes_of(store).items()}


def _on_cpu(process: psutil.Process) -> float:
    threads = Path(f"/proc/{process.pid}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e6


def _memory(store: ProofStore) -> dict[str, float]:
    """PSS in MB by name."""
    found = processes_of(store).items()
    return {name: sum(process.memory_full_info().pss for process in each) / 1e6 for name, each in found}


async def _start(store: ProofStore) -> float:
    """CPU seconds of a service from its restart until it is ready; its database has been migrated."""
    (entry,) = store.processes(STARTED)
    assert entry.pid is not None
    os.kill(entry.pid, signal.SIGTERM)
    url = f"http://127.0.0.1:{entry.port}/health/ready"
    while True:
        (now,) = store.processes(STARTED)
        if now.pid is not None and now.pid != entry.pid and await _answers(store, url):
            times = psutil.Process(now.pid).cpu_times()
            return float(times.user + times.system)
        await asyncio.sleep(0.05)


async def _answers(store: ProofStore, url: str) -> bool:
    try:
        async with store.http.get(url) as answer:
            return answer.status == 200
    except OSError:
        return False

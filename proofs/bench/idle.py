"""The cost of an idle store: CPU and memory by process, and the CPU time of a service's start."""

from __future__ import annotations

import asyncio
import os
import signal
import statistics
from pathlib import Path

import psutil

from proofs.bench.figures import Figure, parts_of
from proofs.store import ProofStore

# After this, connections and memory of the start and the seeding have been released.
SETTLE_SECONDS, REST_SECONDS = 90, 20
CPU_TARGET, MEMORY_TARGET, START_TARGET = 5.0, 450.0, 1.0
STARTED = "orders"
STARTS = 3


async def run(store: ProofStore) -> list[Figure]:
    """CPU and memory at rest, and the start of a service."""
    await asyncio.sleep(SETTLE_SECONDS)
    before = cpu_milliseconds(store)
    await asyncio.sleep(REST_SECONDS)
    after, memory = cpu_milliseconds(store), _memory(store)
    spent = {name: (milliseconds - before.get(name, 0.0)) / REST_SECONDS for name, milliseconds in after.items()}
    started = statistics.median([await _start(store) for _ in range(STARTS)])
    cpu = Figure("idle.cpu", "at rest", sum(spent.values()), "ms CPU a second", "cpu", target=CPU_TARGET)
    pss = Figure("idle.memory", "memory at rest", sum(memory.values()), "MB PSS", "memory", target=MEMORY_TARGET)
    start = Figure("idle.start", f"start of {STARTED}", started, "s CPU", "cpu", target=START_TARGET)
    return [*parts_of(cpu, spent), *parts_of(pss, memory), start]


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
    return {name: sum(map(on_cpu, processes)) for name, processes in processes_of(store).items()}


def on_cpu(process: psutil.Process) -> float:
    """Milliseconds of its threads so far."""
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

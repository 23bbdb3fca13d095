"""What a store costs that nobody uses: CPU by process, memory, and what the start of a service takes."""

from __future__ import annotations

import asyncio
import os
import signal
import statistics
from pathlib import Path

import psutil

from proofs.store import ProofStore

# Until what the start and the seeding opened has been given back.
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
    return [
        f"at rest: {sum(spent.values()):.1f} ms CPU a second ({_verdict(sum(spent.values()), CPU_TARGET)} 5 ms)",
        f"  of which: {_parts(spent, 2)}",
        f"memory at rest: {sum(memory.values()):.0f} MB PSS ({_verdict(sum(memory.values()), MEMORY_TARGET)} 450 MB)",
        f"  of which: {_parts(memory, 0)}",
        f"start of {STARTED}, until it answers: {started:.2f} s CPU ({_verdict(started, START_TARGET)} 1 s)",
    ]


def _verdict(value: float, target: float) -> str:
    return "reached:" if value <= target else f"missed by {value / target - 1:.0%}:"


def _parts(figures: dict[str, float], digits: int) -> str:
    return ", ".join(f"{name} {figure:.{digits}f}" for name, figure in sorted(figures.items(), key=lambda it: -it[1]))


def processes_of(store: ProofStore) -> dict[str, list[psutil.Process]]:
    """Those of each part of the store, with the processes that they started; the supervisor among them."""
    status = store.status()
    found = {"supervisor": [psutil.Process(status.pid)]}
    for entry in status.entries:
        if entry.pid is not None and not entry.once:
            root = psutil.Process(entry.pid)
            found[entry.name] = [root, *root.children(recursive=True)]
    return found


def cpu_milliseconds(store: ProofStore) -> dict[str, float]:
    """Of each part, so far. Counted in nanoseconds, since what rests uses less than a tick of the clock."""
    return {name: sum(map(_on_cpu, processes)) for name, processes in processes_of(store).items()}


def _on_cpu(process: psutil.Process) -> float:
    threads = Path(f"/proc/{process.pid}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e6


def _memory(store: ProofStore) -> dict[str, float]:
    """PSS in MB of each part."""
    found = processes_of(store).items()
    return {name: sum(process.memory_full_info().pss for process in each) / 1e6 for name, each in found}


async def _start(store: ProofStore) -> float:
    """CPU seconds of a service that is started anew on a database that has its migrations, until it is ready."""
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

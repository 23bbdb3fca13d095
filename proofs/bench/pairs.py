"""Measures two trees in alternating pairs: each runs a store, and a round of one follows a round of the other."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

from proofs.bench.rounds import ANSWER
from proofs.bench.trees import python_of
from proofs.store import OFFSET

# By the names of `rounds`: what a person reads.
FIGURES = {
    "idle": "a store at rest, a second",
    "list": "a product list of 20, cached",
    "detail": "a product, cached",
    "chassis": "a signed-in, limited, measured, logged request",
    "order": "an order, placed to paid",
}
Pairs = Mapping[str, list[tuple[float, float]]]
"""By figure: CPU milliseconds of the base and of the head, of each pair."""
# Fewer have no interval of 95 %.
LEAST = 6
_SETTLE_SECONDS, _START_SECONDS, _ROUND_SECONDS, _END_SECONDS = 60, 300, 180, 120
_LINE_BYTES = 1_000_000


class Unmeasured(Exception):
    """A tree could not be measured. The message says which, and what it said last."""


class Worker:
    """A process of `rounds` in a tree."""

    def __init__(self, tree: Path, process: asyncio.subprocess.Process) -> None:
        self._tree, self._process = tree, process
        self._said: list[str] = []

    async def ask(self, name: str) -> float:
        """Measure one round.

        Raises:
            Unmeasured: it ended, or took too long.
        """
        assert self._process.stdin is not None
        with suppress(ConnectionError):  # then the answer says what happened
            self._process.stdin.write(f"{name}\n".encode())
            await self._process.stdin.drain()
        return await self.answer(_ROUND_SECONDS)

    async def answer(self, seconds: float) -> float:
        """Its next answer. What a store prints at its start is none.

        Raises:
            Unmeasured: see `ask`.
        """
        assert self._process.stdout is not None
        try:
            async with asyncio.timeout(seconds):
                while line := (await self._process.stdout.readline()).decode():
                    if line.startswith(ANSWER):
                        return float(line.removeprefix(ANSWER))
                    self._said.append(line)
        except TimeoutError:
            self._said.append(f"no answer for {seconds:.0f} s\n")
        raise Unmeasured(f"{self._tree}: {''.join(self._said[-15:])}")


async def measure(base: Path, head: Path, *, pairs: int, seconds: float, meanwhile: Callable[[], None]) -> Pairs:
    """So many pairs of each figure, or those of so many seconds, but LEAST; `meanwhile` runs while the stores settle.

    Raises:
        Unmeasured: a tree cannot be measured.
    """
    found: Pairs = {name: [] for name in FIGURES}
    async with AsyncExitStack() as stack:
        opened = [_worker(tree, OFFSET + 200 + 100 * number) for number, tree in enumerate((base, head))]
        both = [await stack.enter_async_context(each) for each in opened]
        settled = asyncio.create_task(_settle(both))
        await asyncio.to_thread(meanwhile)
        await settled
        began = time.monotonic()
        for number in range(pairs):
            if number >= LEAST and time.monotonic() - began > seconds / 4:
                break
            # At rest they do not disturb each other.
            found["idle"].append(_pair(await asyncio.gather(*(each.ask("idle") for each in both))))
        for number in range(-1, pairs):
            if number >= LEAST and time.monotonic() - began > seconds:
                break
            for name in [name for name in FIGURES if name != "idle"]:
                spent = {each: await each.ask(name) for each in (both if number % 2 else reversed(both))}
                if number >= 0:  # the first of all warms up
                    found[name].append(_pair([spent[each] for each in both]))
    return found


def _pair(spent: Sequence[float]) -> tuple[float, float]:
    base, head = spent
    return base, head


async def _settle(both: Sequence[Worker]) -> None:
    """Until both have started, and connections and memory of the start have been released."""
    await asyncio.gather(*(each.answer(_START_SECONDS) for each in both))
    await asyncio.sleep(_SETTLE_SECONDS)


@asynccontextmanager
async def _worker(tree: Path, offset: int) -> AsyncIterator[Worker]:
    """Ends when its stdin does: also if this process is killed."""
    argv = [str(python_of(tree)), "-m", "proofs.bench.rounds", str(offset)]
    pipe = asyncio.subprocess.PIPE
    out = asyncio.subprocess.STDOUT
    process = await asyncio.create_subprocess_exec(
        *argv, cwd=tree, env=dict(os.environ), stdin=pipe, stdout=pipe, stderr=out, limit=_LINE_BYTES
    )
    try:
        yield Worker(tree, process)
    finally:
        try:
            await asyncio.wait_for(process.communicate(), _END_SECONDS)
        except TimeoutError:
            process.kill()

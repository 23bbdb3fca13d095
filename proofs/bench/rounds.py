"""Runs a store of its own tree and measures rounds on demand, beside another tree's.

A line on stdin names a figure; the answer is its CPU in milliseconds, in a line that begins with ANSWER. It ends with
stdin.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager
from functools import partial

import psutil

from chassis.testing.databases import empty_database
from proofs.bench.idle import cpu_milliseconds, on_cpu
from proofs.bench.load import Subject
from proofs.bench.paid_order import NOT_THE_SYSTEM, buy
from proofs.bench.servers import backends, bare
from proofs.products import Variant, set_stock, variants
from proofs.store import ProofStore, running_store

ANSWER = "MEASURED"
REST_SECONDS, REQUESTS, ORDERS = 3, 1_600, 24
Rounds = Mapping[str, Callable[[], Awaitable[float]]]


@asynccontextmanager
async def running(offset: int) -> AsyncIterator[Rounds]:
    """The store, ready to be measured: the rounds by the names of their figures."""
    settings = {"HOLD_SECONDS_ORDERS": "900"}
    async with running_store(offset=offset, settings=settings) as store:
        shelf = (await variants(store))[:20]
        for variant in shelf:
            await set_stock(store, variant, 100_000)
        (catalog,) = store.processes("catalog")
        assert catalog.port, catalog
        assert catalog.pid, catalog
        path = "/api/v1/products?limit=20"
        async with store.http.get(f"http://127.0.0.1:{catalog.port}{path}") as answer:
            slug = (await answer.json())["items"][0]["slug"]

        def read(path: str) -> Callable[[], Awaitable[float]]:
            subject = Subject(path, [catalog.port or 0], [catalog.pid or 0], path, clock=_seconds)
            return partial(_answered, subject)

        with ExitStack() as stack:
            yield {
                "idle": partial(_rest, store),
                "list": read(path),
                "detail": read(f"/api/v1/products/{slug}"),
                "chassis": await asyncio.to_thread(_chassis, stack),
                "order": partial(_orders, store, shelf),
            }


def _chassis(stack: ExitStack) -> Callable[[], Awaitable[float]]:
    made = backends(stack)
    url = asyncio.run(empty_database(made.postgres, "hello", "bench"))
    port, pid = stack.enter_context(bare("proofs.bench.bare.ours", made.environment("hello", url)))

    async def measured() -> float:
        # Anew each time: the last one may have ended.
        headers = {"Authorization": f"Bearer {made.keyring.access_token()}"}
        return await _answered(Subject("chassis", [port], [pid], "/hello", headers, clock=_seconds))

    return measured


async def _answered(subject: Subject) -> float:
    """A round of requests.

    Raises:
        RuntimeError, OSError: an answer was not 200, or a connection was closed.
    """
    cost = await subject.round(REQUESTS)
    if subject.errors:
        raise subject.errors[0]
    return cost


def _seconds(pids: Sequence[int]) -> float:
    """CPU seconds so far. A round is short: the clock ticks of `cpu_seconds` would be a few percent of it."""
    roots = map(psutil.Process, pids)
    return sum(on_cpu(process) for root in roots for process in (root, *root.children(recursive=True))) / 1000


async def _rest(store: ProofStore) -> float:
    before = _system(store)
    await asyncio.sleep(REST_SECONDS)
    return (_system(store) - before) / REST_SECONDS


async def _orders(store: ProofStore, shelf: list[Variant]) -> float:
    before = _system(store)
    await buy(store, shelf, ORDERS)
    return (_system(store) - before) / ORDERS


def _system(store: ProofStore) -> float:
    return sum(spent for name, spent in cpu_milliseconds(store).items() if name not in NOT_THE_SYSTEM)


async def main(offset: int) -> None:
    """Answer until stdin ends. The first line says that it is ready."""
    async with running(offset) as rounds:
        print(ANSWER, 0, flush=True)
        while name := (await asyncio.to_thread(sys.stdin.readline)).strip():
            print(ANSWER, await rounds[name](), flush=True)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))

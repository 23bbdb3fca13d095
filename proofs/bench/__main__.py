"""`make bench` runs all benchmarks on a store of its own; `make bench ARGS=paid_order` runs one.

At its end it adds an entry to the history (BENCH_HISTORY, or .mercat-bench/history.jsonl), draws the history beside it
and compares the entry with the one before.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from functools import partial

import msgspec

from proofs.bench import (
    comparing,
    connections,
    counts,
    drawing,
    history,
    hot_variant,
    idle,
    pages_of_lists,
    paid_order,
    resources,
    signing_in,
    single_request,
    uncached_list,
)
from proofs.bench.figures import Figure, lines
from proofs.bench.history import Entry
from proofs.store import OFFSET, ProofStore, running_store

# Figures, or lines of a part that keeps its own file.
Told = Awaitable[Sequence[Figure | str]]
WITH_A_STORE: Mapping[str, Callable[[ProofStore], Told]] = {
    "idle": idle.run,
    "single_request": single_request.run,
    "signing_in": signing_in.run,
    "connections": connections.run,
    "paid_order": paid_order.run,
    "resources": resources.run,
}


async def _run(names: Sequence[str], tests: Sequence[str], found: list[Figure]) -> None:
    """Append the figures to `found` as they are measured, and print them."""
    alone: dict[str, Callable[[], Told]] = {"uncached_list": uncached_list.run, "hot_variant": hot_variant.run}
    alone["pages_of_lists"] = pages_of_lists.run
    alone["counts"] = partial(counts.run, tests)
    async with AsyncExitStack() as stack:
        store: ProofStore | None = None
        for name in names:
            if name in WITH_A_STORE and store is None:
                settings = {"HOLD_SECONDS_ORDERS": "900"}
                store = await stack.enter_async_context(running_store(offset=OFFSET + 100, settings=settings))
            told = await (alone[name]() if store is None or name in alone else WITH_A_STORE[name](store))
            figures = [each for each in told if isinstance(each, Figure)]
            found += figures
            for line in [*lines(figures), *(each for each in told if isinstance(each, str))]:
                print(line, flush=True)


def keep(entry: Entry, found: Sequence[Figure]) -> None:
    """Add an entry to the history, draw the history and compare the entry with the one before."""
    file = history.place()
    history.append(file, msgspec.structs.replace(entry, figures={figure.name: figure for figure in found}))
    entries = history.read(file)
    picture = file.with_suffix(".svg")
    history.replace(picture, drawing.drawn(entries))
    print(f"\nEntry {len(entries)} of {file}, drawn in {picture}")
    if len(entries) > 1:
        print(comparing.table(entries[-2], entries[-1]))


def main() -> None:
    """Measure, print the figures and keep them: also those before a part that failed."""
    # An idle store first, before anything has warmed it.
    names = ["idle", "single_request", "uncached_list", "pages_of_lists", "signing_in", "connections"]
    names += ["hot_variant", "paid_order", "counts", "resources"]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(names)}; default: all")
    parser.add_argument("--tests", nargs="+", default=[], metavar="FILE", help="count by these files of tests alone")
    arguments = parser.parse_args()
    if unknown := sorted(set(arguments.parts) - set(names)):
        parser.error(f"no such part: {', '.join(unknown)}. There are: {', '.join(names)}")
    entry, found = history.began(), list[Figure]()
    try:
        asyncio.run(_run(arguments.parts or names, arguments.tests, found))
    finally:
        if found:
            keep(entry, found)


if __name__ == "__main__":
    main()

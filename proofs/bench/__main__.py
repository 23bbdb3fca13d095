"""`make bench` runs all benchmarks on a store of its own; `make bench ARGS=paid_order` runs one."""

from __future__ import annotations

import asyncio
import sys

from proofs.bench import (
    connections,
    hot_variant,
    idle,
    paid_order,
    resources,
    signing_in,
    single_request,
    uncached_list,
)
from proofs.store import OFFSET, running_store

PARTS = {
    "idle": idle,
    "single_request": single_request,
    "uncached_list": uncached_list,
    "signing_in": signing_in,
    "connections": connections,
    "hot_variant": hot_variant,
    "paid_order": paid_order,
    "resources": resources,
}


async def _run(names: list[str]) -> None:
    async with running_store(offset=OFFSET + 100, settings={"HOLD_SECONDS_ORDERS": "900"}) as store:
        for name in names:
            for line in await PARTS[name].run(store):
                print(line, flush=True)


def main() -> None:
    """Measure, and print the figures."""
    asyncio.run(_run(sys.argv[1:] or list(PARTS)))


if __name__ == "__main__":
    main()

"""`make bench`: every figure in one run, on a store of its own."""

from __future__ import annotations

import asyncio

from proofs.bench import hot_variant, idle, paid_order, single_request
from proofs.store import running_store


async def _run() -> None:
    async with running_store(offset=800, settings={"HOLD_SECONDS_ORDERS": "900"}) as store:
        for part in (idle, single_request, hot_variant, paid_order):
            for line in await part.run(store):
                print(line, flush=True)


def main() -> None:
    asyncio.run(_run())


if __name__ == "__main__":
    main()

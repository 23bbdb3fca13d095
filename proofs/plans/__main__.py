"""`make test-plans`: plans of statements in a shop of 100,000 products and 1,000,000 orders, or of other sizes."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time

from proofs import examples
from proofs.plans import Size, plan
from proofs.store import running_store


async def _run(size: Size) -> list[str]:
    began = time.monotonic()
    async with running_store(settings=examples.SETTINGS) as store:
        found = await plan(store, size)
    print(f"  {size.products:,} products, {size.orders:,} orders, {time.monotonic() - began:.0f} s", flush=True)
    return found


def main() -> None:
    """Run it; the exit status is 1 where a statement reads a whole table, or an answer was wrong."""
    parser = argparse.ArgumentParser(prog="python -m proofs.plans", description=__doc__)
    parser.add_argument("--products", type=int, default=100_000)
    parser.add_argument("--orders", type=int, default=1_000_000)
    given = parser.parse_args()
    if found := asyncio.run(_run(Size(given.products, given.orders))):
        sys.exit("\n".join(f"WRONG: {each}" for each in found))
    print("No statement reads a whole large table.")


if __name__ == "__main__":
    main()

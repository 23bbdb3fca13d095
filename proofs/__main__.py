"""`make prove`: start a store, break it, read its books. `python -m proofs checkout oversell` runs only those."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from types import ModuleType

from proofs import backup, checkout, checks, contract, crash, oversell
from proofs.store import ProofStore, running_store
from proofs.waiting import eventually

PROOFS: dict[str, ModuleType] = {
    "checkout": checkout,
    "oversell": oversell,
    "crash": crash,
    "backup": backup,
    "contract": contract,
}


async def _prove(names: list[str], replicas: int) -> list[str]:
    failed = []
    async with running_store(replicas=replicas) as store:
        for name in names:
            proof = PROOFS[name]
            print(f"\n{proof.TITLE}", flush=True)
            began = time.perf_counter()
            complaints = [*await proof.prove(store), *await _books(store)]
            for complaint in complaints[:20]:
                print(f"  WRONG: {complaint}", flush=True)
            print(f"  {'FAILED' if complaints else 'proven'} in {time.perf_counter() - began:.1f} s", flush=True)
            failed += [name] if complaints else []
    return failed


async def _books(store: ProofStore) -> list[str]:
    """What is wrong in the books once they have settled: events are on their way for a moment."""

    async def agree() -> bool:
        return not await checks.complaints(store)

    try:
        await eventually(agree, 90, "the books to agree")
    except TimeoutError:
        return await checks.complaints(store)
    print("  the books agree: stock, orders, payments, ledger, provider", flush=True)
    return []


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="PROOF", help=", ".join(PROOFS))
    parser.add_argument("--replicas", type=int, default=2)
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - set(PROOFS):
        parser.error(f"no such proof: {', '.join(sorted(unknown))}")
    failed = asyncio.run(_prove(arguments.names or list(PROOFS), arguments.replicas))
    if failed:
        sys.exit(f"\nNot proven: {', '.join(failed)}")
    print("\nAll proven.")


if __name__ == "__main__":
    main()

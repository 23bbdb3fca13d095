"""`make prove` starts stores, makes parts of them fail, and checks the records; `python -m proofs NAME` runs one proof.

Each suite has a store of its own, since its settings, stopped processes or changed times would affect another.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any, NamedTuple

from proofs import (
    attack,
    backup,
    checkout,
    checks,
    contract,
    crash,
    erasure,
    examples,
    failpoints,
    front_end,
    outage,
    oversell,
    rush,
    shop_day,
    walk,
)
from proofs.store import ProofStore, running_store

Options = Mapping[str, Mapping[str, Any]]
"""What a proof is given beside the store, by its name."""


class Suite(NamedTuple):
    """Proofs that share a store, and the settings of that store."""

    proofs: Mapping[str, ModuleType]
    settings: Mapping[str, str]


SUITES = (
    Suite(
        {
            "examples": examples,
            "front_end": front_end,
            "checkout": checkout,
            "oversell": oversell,
            "crash": crash,
            "backup": backup,
            "contract": contract,
        },
        examples.SETTINGS,
    ),
    Suite(attack.ATTACKS, attack.SETTINGS),
    Suite({"failpoints": failpoints}, failpoints.SETTINGS),
    Suite({"shop_day": shop_day}, shop_day.SETTINGS),
    Suite({"erasure": erasure}, erasure.SETTINGS),
    Suite({"rush": rush}, rush.SETTINGS),
    Suite({"outage": outage}, outage.SETTINGS),
    Suite({"walk": walk}, walk.SETTINGS),
)
# These need programs that the store does not need, so they run only if they are named.
ON_REQUEST = frozenset({"walk"})
# Names that stand for several proofs.
GROUPS = {"attack": tuple(attack.ATTACKS)}


async def _prove(suite: Suite, names: Sequence[str], replicas: int, options: Options) -> list[str]:
    """Run proofs on a store; returns the names of those that failed."""
    failed = []
    async with running_store(replicas=replicas, settings=suite.settings) as store:
        for name in names:
            proof = suite.proofs[name]
            print(f"\n{proof.TITLE}", flush=True)
            began = time.perf_counter()
            complaints = [*await proof.prove(store, **options.get(name, {})), *await _check_records(store)]
            for complaint in complaints[:20]:
                print(f"  WRONG: {complaint}", flush=True)
            print(f"  {'FAILED' if complaints else 'proven'} in {time.perf_counter() - began:.1f} s", flush=True)
            failed += [name] if complaints else []
    return failed


async def _check_records(store: ProofStore) -> list[str]:
    """The complaints of all checks that remain after 90 s."""
    found = await checks.remaining(store, checks.complaints, 90)
    if not found:
        print("  the records agree: stock, orders, payments, ledger, provider", flush=True)
    return found


def _selected(parser: argparse.ArgumentParser, words: Sequence[str]) -> list[str]:
    """The names of the proofs to run, with groups expanded; by default all but those on request."""
    known = [name for suite in SUITES for name in suite.proofs]
    names = [name for word in words for name in GROUPS.get(word, (word,))]
    if unknown := sorted(set(names) - set(known)):
        parser.error(f"no such proof: {', '.join(unknown)}. There are: {', '.join([*known, *GROUPS])}")
    return names or [name for name in known if name not in ON_REQUEST]


def main() -> None:
    """Run the named proofs, or all; the exit status is 1 if one fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="PROOF", help="a proof, or `attack` for all attacks; default: all")
    parser.add_argument("--replicas", type=int, default=2)
    parser.add_argument("--kills", type=int, default=failpoints.KILLS, help="of `failpoints`, at each point")
    parser.add_argument(
        "--points", default="", metavar="BEGINNINGS", help="of `failpoints`: at these alone; with commas"
    )
    arguments = parser.parse_args()
    names, failed = _selected(parser, arguments.names), list[str]()
    options = {"failpoints": {"kills": arguments.kills, "points_from": arguments.points.split(",")}}
    for suite in SUITES:
        chosen = [name for name in suite.proofs if name in names]
        if chosen:
            failed += asyncio.run(_prove(suite, chosen, arguments.replicas, options))
    if failed:
        sys.exit(f"\nNot proven: {', '.join(failed)}")
    print("\nAll proven.")


if __name__ == "__main__":
    main()

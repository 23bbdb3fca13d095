"""`make drill-failover`: the primary of the database is killed, lost and cut off under load, and no order is lost."""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from deploy.drills.failover import cases, cluster
from deploy.drills.failover.node import PATRONI
from mercat.config import services
from mercat.installation import locate
from proofs.store import running_store

# Longer than a buyer's patience: an order that waits for the database is not given up.
SETTINGS = {"HOLD_SECONDS_ORDERS": "240"}


def missing() -> str | None:
    """Why the drill cannot run here; None where it can."""
    etcd = shutil.which("etcd") or (PATRONI / "etcd" / "usr" / "bin" / "etcd").exists()
    if not etcd or not (PATRONI / "bin" / "patroni").exists():
        return "Patroni or etcd is missing: sh tools/install_patroni.sh says why, or installs them"
    return None if sys.platform == "linux" else "the drill is for Linux"


async def drill(folder: Path, names: list[str]) -> list[str]:
    """The cases of these names, and the one that must fail; complaints."""
    found = []
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, _cancel(asyncio.current_task()))
    async with cluster.running(folder) as databases:
        # In the environment: there the store of the proofs looks for them, too.
        os.environ.update(await databases.make_databases(services.discover(locate().root)))
        print(f"three PostgreSQL, the primary is {databases.primary.name}", flush=True)
        async with running_store(settings=SETTINGS) as store:
            for name in names:
                title, fault, mended = cases.CASES[name]
                print(f"{title}:", flush=True)
                outcome = await cases.case(store, databases, fault, mended)
                print(*(f"  {line}" for line in outcome.lines()), sep="\n", flush=True)
                found += [f"{name}: {each}" for each in outcome.faults()]
            lost = await cases.unsafe(store, databases)
            print(
                f"With asynchronous replication and late standbys, where orders must be lost: {lost} lost", flush=True
            )
            found += [] if lost else ["no order was lost without synchronous replication: the drill is blind"]
    return found


def _cancel(task: asyncio.Task[Any] | None) -> Callable[[], object]:
    assert task is not None  # noqa: S101 -- narrows the type
    return task.cancel


def main() -> None:
    """Run the drill, and say what it found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", nargs="*", help=f"of {', '.join(cases.CASES)}; default: all")
    names = parser.parse_args().cases or list(cases.CASES)
    if unknown := sorted(set(names) - set(cases.CASES)):
        parser.error(f"no such case: {', '.join(unknown)}")
    if (reason := missing()) is not None:
        sys.exit(f"NOT RUN: {reason}")
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mercat-failover-", ignore_cleanup_errors=True) as folder:
        try:
            complaints = asyncio.run(drill(Path(folder), names))
        except (KeyboardInterrupt, asyncio.CancelledError):
            sys.exit("The drill was stopped; what it had started has ended.")
    print(f"{time.monotonic() - began:.0f} s in all", flush=True)
    sys.exit("\n".join(complaints) or 0)


if __name__ == "__main__":
    main()

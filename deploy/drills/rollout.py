"""`make drill-rollout`: every service is replaced, scaled and drained under load behind Traefik, and no request fails.

The pods are containers of two images, the previous code and this one, run as Helm renders them for the environment
`cluster`, on the schema of this one. Traefik reads the rendered objects from a small Kubernetes API, and hears of the
end of a pod a second late. Then the same without the preStop hook: there requests must fail, else the drill sees
nothing. Exits with 1 where a request or a pod failed, or where none failed in the second run.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from pathlib import Path

from chassis.testing.waiting import eventually
from deploy.drills import edge, engine
from deploy.drills import store as stores
from deploy.drills.fleet import LAG, Fleet
from deploy.drills.load import Load
from deploy.kubernetes_double import KubernetesApi

NEW, OLD = "localhost/mercat/services:new", "localhost/mercat/services:old"
Loads = dict[str, Load]


async def rollout(fleet: Fleet, _load: Load) -> None:
    """The previous code is replaced by this one, which is scaled up and down, and drained."""
    await fleet.replace(NEW, fleet.pre_stop)
    await fleet.scale(NEW)
    await fleet.drain(NEW)


async def without_hook(fleet: Fleet, load: Load) -> None:
    """This code is replaced by itself, and pods end at once; again where by chance no request met such a pod."""
    for _ in range(3):
        if not load.wrong:
            await fleet.replace(NEW, 0)


async def loaded(
    fleets: list[Fleet], address: str, least: int, work: Callable[[Fleet, Load], Coroutine[None, None, None]]
) -> Loads:
    """Requests to all services while the work is done on each, and until `least` were answered in all."""
    loads = {each.name: each.load(address) for each in fleets}
    end = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for load in loads.values():
            group.create_task(load.run(end))
        await asyncio.gather(*(work(each, loads[each.name]) for each in fleets))
        await eventually(lambda: sum(load.right for load in loads.values()) >= least, 600, "the load", every=0.2)
        end.set()
    return loads


async def drill(folder: Path, requests: int) -> list[str]:
    """Both runs; complaints."""
    with ExitStack() as stack:
        store = stack.enter_context(stores.running(folder))
        api = stack.enter_context(KubernetesApi())
        fleets = [Fleet(spec.name, store, api, folder, stack, network) for network, spec in enumerate(store.specs, 10)]
        for spec, fleet in zip(store.specs, fleets, strict=True):
            if spec.database:
                await stores.make_database(store, spec)
                await asyncio.to_thread(fleet.migrate, NEW)
        # The previous code, on the new schema.
        await asyncio.gather(*(fleet.start(OLD) for fleet in fleets for _ in range(fleet.replicas)))
        api.apply(each for fleet in fleets for each in fleet.edge_objects())
        address = stack.enter_context(edge.running(api, store.environment))
        await routed(fleets, address)
        good = await loaded(fleets, address, requests, rollout)
        tell(f"Rolling update, scaling and drain, with a preStop hook of {fleets[0].pre_stop} s", good)
        bad = await loaded(fleets, address, 0, without_hook)
        tell("Rolling update without the hook, where requests must fail", bad)
        complaints = [fault for fleet in fleets for fault in fleet.faults]
    complaints += [f"requests to {name} failed" for name, load in good.items() if load.wrong]
    unseen = [name for name, load in bad.items() if not load.wrong]
    return complaints + [f"without the hook no request to {name} failed: the drill is blind" for name in unseen]


async def routed(fleets: list[Fleet], address: str) -> None:
    """Wait until each request to every service is answered rightly.

    Raises:
        TimeoutError: it never was; the message says how it was answered.
    """
    deadline = time.monotonic() + 60
    while wrong := [dict(found) for fleet in fleets if (found := await fleet.load(address).once())]:
        if time.monotonic() > deadline:
            raise TimeoutError(f"not routed: {wrong}")


def tell(what: str, loads: Loads) -> None:
    """Print how the requests of a run were answered."""
    right, wrong = sum(each.right for each in loads.values()), sum(each.wrong.total() for each in loads.values())
    print(f"{what}: {wrong} of {right + wrong} requests failed.", flush=True)
    for name, load in loads.items():
        print(f"  {name}: {load.right} answered, {load.wrong.total()} failed", dict(load.wrong) or "", flush=True)


def main() -> None:
    """Build both images, run the drill, and say what it found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=20_000, help="of the run in which none may fail")
    parser.add_argument("--previous", default="", help="the revision of the old code; the last release, or last change")
    arguments = parser.parse_args()
    if (reason := engine.missing()) is not None:
        sys.exit(f"NOT RUN: {reason}")
    previous, old = engine.previous_code(arguments.previous)
    print(f"From the code of {previous} to the working tree; the edge hears of a pod's end {LAG} s late.", flush=True)
    engine.build(OLD, revision=old)
    engine.build(NEW, revision=engine.working_tree())
    with tempfile.TemporaryDirectory(prefix="mercat-drill-") as folder:
        complaints = asyncio.run(drill(Path(folder), arguments.requests))
    sys.exit("\n".join(complaints) or 0)


if __name__ == "__main__":
    main()

"""`make drill-rollout`: every service is replaced, scaled and drained under load behind Traefik, and no request fails.

The pods are containers of two images, the previous code and this one, run as Helm renders them for the environment
`cluster`, on the schema of this one. Traefik reads the rendered objects from a small Kubernetes API, and hears of the
end of a pod a second late. Then the same without the preStop hook: there requests must fail, else the drill sees
nothing. Exits with 1 where a request failed, too few were sent, or none failed in the second run.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from chassis.testing.servers import answers, child_process, free_port
from chassis.testing.waiting import wait_until
from deploy.drills import engine, rendered
from deploy.drills import store as stores
from deploy.drills.fleet import LAG, Fleet
from deploy.drills.load import REQUESTS, Load
from deploy.edge.tests.kubernetes_api import KubernetesApi
from mercat.config import environment

NEW, OLD = "localhost/mercat/services:new", "localhost/mercat/services:old"


def gateway(port: int) -> dict[str, object]:
    """The Gateway that the rendered routes name, on this machine and without TLS."""
    listener = {"name": "https", "protocol": "HTTP", "port": port, "allowedRoutes": {"namespaces": {"from": "All"}}}
    return {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "Gateway",
        "metadata": {"name": "shop", "namespace": "edge"},
        "spec": {"gatewayClassName": "traefik", "listeners": [listener]},
    }


GATEWAY_CLASS = {
    "apiVersion": "gateway.networking.k8s.io/v1",
    "kind": "GatewayClass",
    "metadata": {"name": "traefik"},
    "spec": {"controllerName": "traefik.io/gateway-controller"},
}


@contextmanager
def edge(api: KubernetesApi, port: int) -> Iterator[None]:
    """Traefik, which follows the objects of the API."""
    command = [str(environment.venv_program("traefik")), f"--entrypoints.web.address=127.0.0.1:{port}"]
    command += ["--entrypoints.web.forwardedheaders.trustedips=127.0.0.1/32", "--global.checknewversion=false"]
    command += ["--log.level=ERROR", "--serverstransport.forwardingtimeouts.idleconntimeout=10s"]
    for provider in ("kubernetesgateway", "kubernetescrd"):
        command += [f"--providers.{provider}.endpoint={api.url}", f"--providers.{provider}.token=none"]
    with child_process(command):
        wait_until(lambda: answers(port), what="Traefik")
        yield


@dataclass
class Outcome:
    """What came of a run: requests answered rightly, what went wrong and how often, by service."""

    right: dict[str, int]
    wrong: dict[str, Counter[str]]

    @property
    def sent(self) -> int:
        """All requests."""
        return sum(self.right.values()) + sum(each.total() for each in self.wrong.values())

    def __str__(self) -> str:
        lines = [f"{self.sent} requests"]
        for name, right in self.right.items():
            wrong = ", ".join(f"{number} of {what}" for what, number in self.wrong[name].items())
            lines.append(f"  {name}: {right} answered, {self.wrong[name].total()} failed {wrong}")
        return "\n".join(lines)


def load_of(fleet: Fleet, port: int) -> Load:
    """The clients of a service at the edge."""
    host = rendered.find(fleet.objects, "HTTPRoute", fleet.name)["spec"]["hostnames"][0]
    return Load(f"http://127.0.0.1:{port}", host, REQUESTS[fleet.name])


async def loaded(
    fleets: list[Fleet], port: int, least: int, work: Callable[[Fleet], Coroutine[None, None, None]]
) -> Outcome:
    """Requests to all services while the work is done on each, and until there were `least` in all."""
    loads = {each.name: load_of(each, port) for each in fleets}
    end = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for load in loads.values():
            group.create_task(load.run(end))
        await asyncio.gather(*map(work, fleets))
        while sum(load.right for load in loads.values()) < least:
            await asyncio.sleep(0.2)
        end.set()
    return Outcome(
        {name: load.right for name, load in loads.items()}, {name: load.wrong for name, load in loads.items()}
    )


async def rollout(fleet: Fleet) -> None:
    """The previous code is replaced by this one, which is scaled up and down, and drained."""
    await fleet.replace(NEW, fleet.pre_stop)
    await fleet.scale(NEW)
    await fleet.drain(NEW)


async def drill(folder: Path, requests: int) -> list[str]:
    """Both runs; complaints."""
    with ExitStack() as stack:
        store = stack.enter_context(stores.running(folder))
        api = stack.enter_context(KubernetesApi())
        fleets = [
            Fleet(spec.name, store, api, folder, 10 + index, free_port()) for index, spec in enumerate(store.specs)
        ]
        for spec, fleet in zip(store.specs, fleets, strict=True):
            stack.callback(fleet.close)
            await stores.make_database(store, spec)
            await asyncio.to_thread(fleet.migrate, NEW)
        # The previous code, on the new schema.
        await asyncio.gather(*(fleet.start(OLD) for fleet in fleets for _ in range(fleet.replicas)))
        port = free_port()
        api.apply([GATEWAY_CLASS, gateway(port), *(each for fleet in fleets for each in fleet.edge_objects())])
        stack.enter_context(edge(api, port))
        await routed(fleets, port)
        print(f"Rolling update, scaling and drain, with a preStop hook of {fleets[0].pre_stop} s:", flush=True)
        good = await loaded(fleets, port, requests, rollout)
        print(good, "\nRolling update without the hook, where requests must fail:", flush=True)
        bad = await loaded(fleets, port, 0, lambda fleet: fleet.replace(NEW, 0))
        print(bad)
        complaints = [fault for fleet in fleets for fault in fleet.faults]
    complaints += [f"requests to {name} failed" for name, wrong in good.wrong.items() if wrong]
    complaints += [
        f"without the hook no request to {name} failed: the drill sees nothing"
        for name in bad.wrong
        if not bad.wrong[name]
    ]
    return complaints


async def routed(fleets: list[Fleet], port: int) -> None:
    """Wait until each request to every service is answered rightly.

    Raises:
        TimeoutError: it never was; the message says how it was answered.
    """
    deadline = time.monotonic() + 60
    while wrong := [found for fleet in fleets if (found := await load_of(fleet, port).once())]:
        if time.monotonic() > deadline:
            raise TimeoutError(f"not routed: {wrong}")


def main() -> None:
    """Build both images, run the drill, and say what it found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=20_000, help="of the run in which none may fail")
    requests = parser.parse_args().requests
    if (reason := engine.missing()) is not None:
        sys.exit(f"NOT RUN: {reason}")
    previous, old = engine.previous_code()
    print(
        f"From the code of {previous} to that of the working tree; the edge hears of a pod's end {LAG} s late.",
        flush=True,
    )
    engine.build("services", OLD, revision=old)
    engine.build("services", NEW, revision=engine.working_tree())
    with tempfile.TemporaryDirectory(prefix="mercat-drill-") as folder:
        complaints = asyncio.run(drill(Path(folder), requests))
    sys.exit("\n".join(complaints) or 0)


if __name__ == "__main__":
    main()

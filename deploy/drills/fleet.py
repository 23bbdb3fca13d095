"""The pods of one service, started and ended as its Deployment says, and what the edge is told of them."""

from __future__ import annotations

import asyncio
import json
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from chassis.testing.servers import free_port
from chassis.testing.waiting import eventually
from deploy.charts import helm
from deploy.drills import container, rendered
from deploy.drills.engine import run
from deploy.drills.load import REQUESTS, Load
from deploy.drills.store import Store
from deploy.edge.rendered import NAMESPACE
from deploy.kubernetes_double import KubernetesApi, endpoint_slice

# Seconds from the end of a pod until the edge hears of it: a cluster's watches take that long.
LAG = 1.0
START_SECONDS = 60


@dataclass
class Pod:
    """`stack` holds its container."""

    address: str
    container: container.Container
    stack: ExitStack


@dataclass
class Fleet:
    """A service's pods, each with an address of its own in 127.`network`.0.0/16; `faults` of pods, not of requests.

    `stack` removes what is left of them.
    """

    name: str
    store: Store
    api: KubernetesApi
    folder: Path
    stack: ExitStack
    network: int
    port: int = field(default_factory=free_port)
    pods: list[Pod] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    _made: int = 0
    _ending: list[Pod] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.objects = rendered.objects(self.name, self.store.environment)
        self.spec: dict[str, Any] = rendered.pod(self.objects, "Deployment", self.name)
        self.mount = f"--volume={self.store.sockets}:{rendered.SOCKETS}"
        hook = self.spec["containers"][0]["lifecycle"]["preStop"]
        self.pre_stop: int = hook["sleep"]["seconds"]
        self.replicas: int = rendered.find(self.objects, "HorizontalPodAutoscaler", self.name)["spec"]["minReplicas"]

    def edge_objects(self) -> helm.Objects:
        """What the edge reads of the service, and the slice of its pods."""
        kinds = {"Service", "HTTPRoute", "Middleware", "TraefikService"}
        return [*(each for each in self.objects if each["kind"] in kinds), self._slice()]

    def _slice(self) -> dict[str, Any]:
        ending = [pod.address for pod in self._ending]
        ready = [pod.address for pod in self.pods if pod.address not in ending]
        return endpoint_slice(self.name, self.port, ready, ending=ending, namespace=NAMESPACE)

    def load(self, edge: str) -> Load:
        """Its clients at the address of the edge."""
        [host] = rendered.find(self.objects, "HTTPRoute", self.name)["spec"]["hostnames"]
        return Load(edge, host, REQUESTS[self.name])

    def migrate(self, image: str) -> None:
        """As the rendered Job does."""
        job = rendered.pod(self.objects, "Job", f"{self.name}-migration")
        entry = f"--entrypoint={json.dumps(job['containers'][0]['command'])}"
        flags = rendered.flags(self.objects, job, self.folder / self.name / "job")
        run("podman", "run", "--rm", "--network=none", "--pull=never", *flags, self.mount, entry, image)

    async def start(self, image: str) -> None:
        """One more pod, which the edge hears of once it is ready."""
        self._made += 1
        address = f"127.{self.network}.0.{self._made}"
        stack = ExitStack()
        flags = rendered.flags(self.objects, self.spec, self.folder / self.name / address)
        # In this machine's network, where the edge is: another address, and no names of other services.
        flags += [self.mount, "--env=SERVICE_URLS={}", "--no-healthcheck"]
        args = [self.name, "--host", address, "--port", str(self.port)]
        enter = container.running(image, flags, args, network="host", port=self.port, address=address)
        self.stack.callback(stack.close)
        made = await asyncio.to_thread(stack.enter_context, enter)
        ready = partial(asyncio.to_thread, made.answers_ready)
        await eventually(ready, START_SECONDS, f"{self.name} at {address}", every=0.2)
        self.pods.append(Pod(address, made, stack))
        self.api.apply([self._slice()])

    async def end(self, pod: Pod, pre_stop: float) -> None:
        """As the kubelet ends a pod, while the edge hears of it `LAG` seconds later."""
        heard = asyncio.create_task(self._heard(pod))
        await asyncio.sleep(pre_stop)  # the hook itself
        await asyncio.to_thread(pod.container.signal, "SIGTERM")
        try:
            await eventually(pod.container.ended, self.spec["terminationGracePeriodSeconds"] - pre_stop, every=0.1)
        except TimeoutError:
            self.faults.append(f"{self.name} at {pod.address} did not end within its grace")
        await heard
        if code := await asyncio.to_thread(pod.container.exit_code):
            self.faults.append(f"{self.name} at {pod.address} ended with {code}")
        self._ending.remove(pod)
        self.pods.remove(pod)
        self.api.apply([self._slice()])
        await asyncio.to_thread(pod.stack.close)

    async def _heard(self, pod: Pod) -> None:
        await asyncio.sleep(LAG)
        self._ending.append(pod)
        self.api.apply([self._slice()])

    async def replace(self, image: str, pre_stop: float) -> None:
        """A rolling update: a pod more than the replicas (surge), never one less."""
        for pod in list(self.pods):
            await self.start(image)
            await self.end(pod, pre_stop)

    async def scale(self, image: str) -> None:
        """One pod more, and one less."""
        await self.start(image)
        await self.end(self.pods[0], self.pre_stop)

    async def drain(self, image: str) -> None:
        """Each pod is evicted, and its replacement starts at the same time: the disruption budget lets go of one."""
        for pod in list(self.pods):
            await asyncio.gather(self.end(pod, self.pre_stop), self.start(image))

"""How many pods a load needs, beside what the autoscalers may do; and all that stand on the nodes of workloads."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from deploy.capacity.costs import Costs, Load
from deploy.capacity.settings import Environment, Service, small_components

# Requests of what watches, which components.yaml has as sums, and a test compares: thousandths of a core, and MiB.
_PROMETHEUS = {"production": (500, 3072), "small": (200, 1024)}
_AROUND_PROMETHEUS = (80, 320)
_ELASTICSEARCH, _KIBANA, _LOGSTASH = (1050, 4224), (120, 1088), (250, 1024)
# What is no pod that stands all day: sums, in whose place the pods above stand, Jobs, and an agent of each node.
_NOT_PODS = {"kube-prometheus-stack", "logs", "traefik", "database-roles", "report", "prometheus-node-exporter"}


@dataclass(frozen=True)
class Pods:
    """Pods of a service: what the load needs at the autoscaler's target, and what there will be."""

    name: str
    needed: int
    least: int
    most: int
    millicores: float
    cpu: int
    memory: int
    orders_at_most: float
    """Orders a second that `most` pods bear at the target, with as many reads and sign-ins for each as now."""

    @property
    def count(self) -> int:
        """As many as the autoscaler makes of it."""
        return min(max(self.needed, self.least), self.most)


@dataclass(frozen=True)
class Pod:
    """A pod to find a node for: CPU in thousandths of a core, memory in MiB."""

    name: str
    cpu: float
    memory: float


def of_services(costs: Costs, environment: Environment, load: Load) -> list[Pods]:
    """The pods of each measured service."""
    return [_of_service(costs, each, load) for each in environment.services if each.name in costs.idle]


def _of_service(costs: Costs, service: Service, load: Load) -> Pods:
    work = costs.beyond_rest(load, service.name)
    # What a pod takes at rest is not there for the load.
    free = service.cpu * service.target - costs.idle[service.name]
    needed = max(1, math.ceil(work / free))
    bearable = service.most * free / work * load.orders
    total = work + needed * costs.idle[service.name]
    return Pods(service.name, needed, service.least, service.most, total, service.cpu, service.memory, bearable)


def of_edge(costs: Costs, load: Load, autoscaler: Mapping[str, int]) -> Pods:
    """The pods of Traefik. `autoscaler`: its least, most, target and a pod's CPU and memory."""
    free = autoscaler["cpu"] * autoscaler["target"] / 100 - costs.idle["traefik"]
    work = costs.beyond_rest(load, "traefik")
    needed = max(1, math.ceil(work / free))
    total, bearable = work + needed * costs.idle["traefik"], autoscaler["most"] * free / work * load.orders
    size = autoscaler["cpu"], autoscaler["memory"]
    return Pods("traefik", needed, autoscaler["least"], autoscaler["most"], total, *size, bearable)


def standing(environment: Environment, planned: list[Pods]) -> list[Pod]:
    """Every pod that Karpenter's nodes hold all day. For those of a rollout it starts a node, and takes it away."""
    found = [Pod(each.name, each.cpu, each.memory) for each in planned for _ in range(each.count)]
    for name, replicas, cpu, memory in small_components(environment.name):
        if name not in _NOT_PODS:
            found += [Pod(name, cpu, memory)] * replicas
    return found + watching(environment)


def watching(environment: Environment) -> list[Pod]:
    """The pods of metrics and logs."""
    size, number = ("production", 2) if environment.production else ("small", 1)
    found = [Pod("prometheus", *_PROMETHEUS[size])] * number + [Pod("around prometheus", *_AROUND_PROMETHEUS)]
    if environment.log_nodes:
        found += [Pod("elasticsearch", *_ELASTICSEARCH)] * environment.log_nodes
        found += [Pod("kibana", *_KIBANA), *[Pod("logstash", *_LOGSTASH)] * 2]
    return found

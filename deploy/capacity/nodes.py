"""The cheapest nodes that hold given pods: of one type that Karpenter may start, or of two."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from deploy.capacity.pods import Pod

# GiB for each CPU, by family; CPUs by size.
_GIB = {"c": 2, "m": 4, "r": 8}
_CPUS = {"medium": 1, "large": 2, "xlarge": 4, "2xlarge": 8}
# What the machine keeps of its memory; in MiB, what the kubelet keeps for 110 pods (255 + 11 each) and its threshold of
# eviction; what AWS's add-ons request on each node, and the agents of Velero (64), of metrics (32) and of logs (128).
KEPT, KUBELET, AGENTS = 0.07, 255 + 11 * 110 + 100, 150 + 64 + 32 + 128
# Of CPU, in thousandths of a core: what the kubelet keeps, and what AWS's add-ons and the same agents request.
_CPU_KEPT = 70 + 180 + 25 + 20 + 50
# How many ways to divide the pods between two types are tried.
_WAYS = 12

Nodes = dict[str, int]


def room(kind: str) -> tuple[float, float]:
    """What pods may request of a node of this type: CPU in thousandths of a core, memory in MiB."""
    family, _, size = kind.partition(".")
    cpus = _CPUS[size]
    return cpus * 1000 - _CPU_KEPT, cpus * _GIB[family[0]] * 1024 * (1 - KEPT) - KUBELET - AGENTS


def may_start(kind: str, families: Sequence[str], cpus: Sequence[int]) -> bool:
    """Whether the pool of nodes allows this type: the family, the CPUs, and a generation above the fifth."""
    family, _, size = kind.partition(".")
    return family[0] in families and family[0] in _GIB and int(family[1]) > 5 and _CPUS.get(size) in cpus


def cheapest(pods: Sequence[Pod], prices: Mapping[str, float], least: int = 1) -> Nodes:
    """The nodes: how many of which type. prices: by the types that may be.

    Raises:
        ValueError: a pod fits on none of them.
    """
    # Those that take much memory for their CPU first: they go to the first of two types.
    ordered = sorted(pods, key=lambda pod: pod.memory / pod.cpu, reverse=True)
    rated = [(_price(found, prices), sum(found.values()), found) for found in _ways(ordered, prices, least)]
    if not rated:
        raise ValueError(f"no type of node holds the largest pod: {max(pods, key=lambda pod: pod.memory)}")
    return min(rated, key=lambda each: each[:2])[2]


def _ways(ordered: Sequence[Pod], prices: Mapping[str, float], least: int) -> Iterator[Nodes]:
    step = max(1, len(ordered) // _WAYS)
    for cut in {*range(0, len(ordered), step), len(ordered)}:
        first = {kind: number for kind in prices if (number := packed(ordered[:cut], kind)) is not None}
        second = {kind: number for kind in prices if (number := packed(ordered[cut:], kind)) is not None}
        for one, some in first.items():
            for other, more in second.items():
                if (one == other) != (cut == len(ordered)):
                    continue
                found = Counter({one: some}) + Counter({other: more})
                found[other if more else one] += max(0, least - sum(found.values()))
                yield dict(found)


def packed(pods: Sequence[Pod], kind: str) -> int | None:
    """How many nodes of a type hold these pods, the largest placed first; None if one is too large."""
    cpu, memory = room(kind)
    free: list[tuple[float, float]] = []
    for pod in sorted(pods, key=lambda pod: max(pod.cpu / cpu, pod.memory / memory), reverse=True):
        if pod.cpu > cpu or pod.memory > memory:
            return None
        at = next((at for at, left in enumerate(free) if pod.cpu <= left[0] and pod.memory <= left[1]), None)
        if at is None:
            at = len(free)
            free.append((cpu, memory))
        free[at] = (free[at][0] - pod.cpu, free[at][1] - pod.memory)
    return len(free)


def _price(found: Nodes, prices: Mapping[str, float]) -> float:
    return sum(prices[kind] * number for kind, number in found.items())

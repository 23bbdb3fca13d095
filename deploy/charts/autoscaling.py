"""What a rendered HorizontalPodAutoscaler does over a day: its documented algorithm on given requests, by the second.

Source: kubernetes.io, "Horizontal Pod Autoscaling": ratio to the target with a tolerance, pods without measurements set
aside, the largest of all metrics, stabilization windows, then the policies' limits, then the bounds.
"""

from __future__ import annotations

import itertools
import math
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

# Of the controller: its defaults.
SYNC, TOLERANCE = 15, 0.1
# Assumptions: what is read is so old (metrics-server and kubelet, 15 s each); a new pod is ready after so long, as its
# node must be made first. A pod that has just become ready has no measurement of CPU yet.
METRICS_LAG, READY_AFTER = 30, 90


@dataclass(frozen=True)
class Pod:
    """What a pod requests and uses. CPU in millicores and ms a request; memory in MB."""

    cpu: float
    memory: float
    cpu_a_request: float
    memory_used: float


@dataclass
class Day:
    """In each second: replicas, those that serve, those that the work needs, and the seconds that a request waits."""

    replicas: list[int] = field(default_factory=list)
    serving: list[int] = field(default_factory=list)
    needed: list[int] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    def reversals(self, within: int) -> int:
        """How often replicas were taken away and then added within so many seconds."""
        changes = [(at, now - was) for at, (was, now) in enumerate(itertools.pairwise(self.replicas)) if was != now]
        return sum(
            first < 0 < second and later - at < within for (at, first), (later, second) in itertools.pairwise(changes)
        )


class Autoscaler:
    """The controller of one HorizontalPodAutoscaler, as rendered."""

    def __init__(self, spec: Mapping[str, Any]) -> None:
        metrics = {one["resource"]["name"]: one["resource"]["target"]["averageUtilization"] for one in spec["metrics"]}
        self._targets = metrics
        self._least, self._most = int(spec["minReplicas"]), int(spec["maxReplicas"])
        self._up, self._down = spec["behavior"]["scaleUp"], spec["behavior"]["scaleDown"]
        self._advice: deque[tuple[int, int]] = deque()
        self._events: deque[tuple[int, int]] = deque()

    def replicas(self, now: int, current: int, unready: int, used: Mapping[str, float]) -> int:
        """How many there shall be. `used`: percent of what is requested, by metric, of the pods that are measured."""
        advice = max(self._by_metric(name, current, unready, percent) for name, percent in used.items())
        wanted = self._limited(now, current, self._stabilized(now, current, advice))
        wanted = min(max(wanted, self._least), self._most)
        if wanted != current:
            self._events.append((now, wanted - current))
        return wanted

    def _by_metric(self, name: str, current: int, unready: int, percent: float) -> int:
        """A pod that is not measured counts as using nothing where more are wanted, and not at all where fewer are."""
        ratio, counted = percent / self._targets[name], current - unready
        if ratio > 1 and unready and name == "cpu":
            ratio, counted = ratio * counted / current, current
            if ratio < 1:
                return current
        elif name == "memory":
            counted = current
        return current if abs(1 - ratio) <= TOLERANCE else math.ceil(round(ratio * counted, 6))

    def _stabilized(self, now: int, current: int, advice: int) -> int:
        self._advice.append((now, advice))
        up, down = (way.get("stabilizationWindowSeconds", 0) for way in (self._up, self._down))
        while self._advice[0][0] < now - max(up, down):
            self._advice.popleft()
        least = min([advice, *(each for at, each in self._advice if at > now - up)])
        most = max([advice, *(each for at, each in self._advice if at > now - down)])
        return min(max(current, least), most)

    def _limited(self, now: int, current: int, wanted: int) -> int:
        if wanted > current:
            return min(wanted, max(self._step(now, current, policy, 1) for policy in self._up["policies"]))
        return max(wanted, min(self._step(now, current, policy, -1) for policy in self._down["policies"]))

    def _step(self, now: int, current: int, policy: Mapping[str, Any], way: int) -> int:
        """How far a policy lets it go from what there was when its period began."""
        began = current - sum(change for at, change in self._events if at > now - policy["periodSeconds"])
        if policy["type"] == "Pods":
            return began + way * int(policy["value"])
        far = began * (1 + way * int(policy["value"]) / 100)
        return math.ceil(far) if way > 0 else math.floor(far)


def run(spec: Mapping[str, Any], pod: Pod, requests_a_second: Sequence[float]) -> Day:
    """The day of a service whose pods get no more CPU than they request: as on nodes that are full."""
    scaler, day, waiting = Autoscaler(spec), Day(), 0.0
    ready_at = [-READY_AFTER] * spec["minReplicas"]
    used: deque[float] = deque([0.0] * METRICS_LAG, maxlen=METRICS_LAG)
    for now, rate in enumerate(requests_a_second):
        serving = sum(at <= now for at in ready_at)
        work, able = rate * pod.cpu_a_request, serving * pod.cpu
        done = min(waiting + work, able)
        waiting += work - done
        if now % SYNC == 0:
            measured = sum(at + METRICS_LAG <= now for at in ready_at)
            utilization = {"cpu": used[0], "memory": 100 * pod.memory_used / pod.memory}
            wanted = scaler.replicas(now, len(ready_at), len(ready_at) - measured, utilization)
            ready_at = sorted(ready_at)[:wanted] + [now + READY_AFTER] * (wanted - len(ready_at))
        used.append(100 * done / able)
        day.replicas.append(len(ready_at))
        day.serving.append(serving)
        day.needed.append(math.ceil(work / pod.cpu))
        day.waits.append(waiting / able)
    return day

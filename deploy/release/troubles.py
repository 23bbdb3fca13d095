"""Why a release is not ready yet: what its pods wait for, told while helm waits and kept for after a rollback."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from deploy.charts.release import Release
from deploy.release.cluster import Cluster, ClusterRefused, Object
from deploy.terminal import Terminal

_LOG_LINES = "15"


@dataclass
class Troubles:
    """Looks at the pods that bear the release's name."""

    cluster: Cluster
    terminal: Terminal
    release: Release
    _last: list[str] = field(default_factory=list)

    def look(self) -> None:
        """Tell what has changed since the last look. That it cannot be seen is no reason to stop."""
        with contextlib.suppress(ClusterRefused):
            pods = self._pods()
            ready = sum(_is_ready(pod) for pod in pods)
            found = [trouble for pod in pods for trouble in _of(pod)]
            told = [f"{ready} of {len(pods)} pods ready", *found]
            if told != self._last:
                self.terminal.say(f"  … {self.release.name}: {'; '.join(told)}", "dim")
            self._last = told

    def seen(self) -> list[str]:
        """What was wrong when it was last seen, and the last lines of a migration that failed."""
        lines = self._last[1:]
        with contextlib.suppress(ClusterRefused):
            failed = [pod for pod in self._pods() if pod.get("status", {}).get("phase") == "Failed"]
            for pod in failed[-1:]:
                name = pod["metadata"]["name"]
                log = self.cluster.kubectl("logs", name, "--namespace", self.release.namespace, "--tail", _LOG_LINES)
                lines += [f"the log of {name} ends with:", *(f"  {line}" for line in log.strip().splitlines())]
        return lines

    def _pods(self) -> list[Object]:
        pods = self.cluster.objects(["pods"], self.release.namespace)
        labels = ("app.kubernetes.io/instance", "app.kubernetes.io/name")
        return [
            pod for pod in pods if self.release.name in {pod["metadata"].get("labels", {}).get(each) for each in labels}
        ]


def _is_ready(pod: Object) -> bool:
    conditions = pod.get("status", {}).get("conditions", [])
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)


def _of(pod: Object) -> Iterator[str]:
    """Why a pod's containers do not run, and why it has no node."""
    name, status = pod["metadata"]["name"], pod.get("status", {})
    for container in [*status.get("initContainerStatuses", []), *status.get("containerStatuses", [])]:
        waiting = container.get("state", {}).get("waiting", {})
        if waiting.get("reason") not in {None, "ContainerCreating", "PodInitializing"}:
            yield f"{name}: {waiting['reason']}: {waiting.get('message', '')}"
    for condition in status.get("conditions", []):
        if condition["type"] == "PodScheduled" and condition["status"] == "False":
            yield f"{name}: {condition.get('reason')}: {condition.get('message', '')}"

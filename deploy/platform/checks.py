"""What is wrong with the rendered objects of a chart of others, by the list and the namespace that they go to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from deploy.charts.helm import Objects
from deploy.charts.validation import invalid

Object = Mapping[str, Any]
_WORKLOADS = {"Deployment", "DaemonSet", "StatefulSet", "Job"}
_BY_OPERATOR = {"Alertmanager", "Prometheus"}
_SECURED = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
_UNITS = {"m": 1, "Mi": 1, "Gi": 1024}


def complaints(
    component: Object, objects: Objects, registry: str, *, restricted: bool, exact: bool = True
) -> Iterator[str]:
    """A line for each fault. registry: where all images come from, empty: anywhere. restricted: Pod Security's.

    exact: it requests what the list says, as in production; elsewhere it may be less.
    """
    yield from invalid([each for each in objects if each["kind"] != "CustomResourceDefinition"])
    for each, pod in _pods(objects):
        name = f"{each['kind']} {each['metadata']['name']}"
        for container in pod["containers"] + (pod.get("initContainers") or []):
            yield from (f"{name}: {line}" for line in _container(container, registry))
            if restricted:
                yield from (f"{name}: {line}" for line in _unrestricted(pod, container))
        if component["nodes"] == "system" and "CriticalAddonsOnly" not in str(pod.get("tolerations")):
            yield f"{name} cannot run on the system nodes"
    accounts = {pod.get("serviceAccountName") for _, pod in _pods(objects)}
    if component["service_account"] and component["service_account"] not in accounts:
        yield f"no pod has the service account {component['service_account']}"
    asked = requested(objects)
    listed = {kind: component["replicas"] * number for kind, number in component["requests"].items()}
    if asked != listed and (exact or any(asked[kind] > listed[kind] for kind in listed)):
        yield f"its pods request {asked}, and components.yaml says {listed}"


def requested(objects: Objects) -> dict[str, float]:
    """What all replicas request: CPU in millicores, memory in MiB. Jobs end, and do not count."""
    scalers = [each["spec"] for each in objects if each["kind"] == "HorizontalPodAutoscaler"]
    least = {spec["scaleTargetRef"]["name"]: spec["minReplicas"] for spec in scalers}
    total = {"cpu": 0.0, "memory": 0.0}
    for each, pod in _pods(objects):
        replicas = least.get(each["metadata"]["name"], each["spec"].get("replicas", 1)) * (each["kind"] != "Job")
        for container in pod["containers"]:
            for kind, number in container.get("resources", {}).get("requests", {}).items():
                total[kind] += replicas * quantity(str(number))
    return total


def _pods(objects: Objects) -> Iterator[tuple[Object, Any]]:
    yield from ((each, each["spec"]["template"]["spec"]) for each in objects if each["kind"] in _WORKLOADS)
    yield from ((each, _of_operator(each["spec"])) for each in objects if each["kind"] in _BY_OPERATOR)


def _of_operator(spec: Object) -> Object:
    """The pod that the Prometheus operator makes; its own containers are as the standard asks."""
    own = {"name": "own", "image": spec["image"], "resources": spec.get("resources", {}), "securityContext": _SECURED}
    return {**spec, "containers": [own]}


def _container(container: Object, registry: str) -> Iterator[str]:
    if not container["image"].startswith(registry):
        yield f"the image {container['image']} is not from {registry}"
    resources = container.get("resources", {})
    if not {"cpu", "memory"} <= set(resources.get("requests", {})) or "memory" not in resources.get("limits", {}):
        yield f"the container {container['name']} has no requests or no limit of memory"


def _unrestricted(pod: Object, container: Object) -> Iterator[str]:
    """What the Pod Security Standard "restricted" refuses."""
    security = {**pod.get("securityContext", {}), **container.get("securityContext", {})}
    if not security.get("runAsNonRoot"):
        yield "may run as root"
    if security.get("seccompProfile", {}).get("type") != "RuntimeDefault":
        yield "has no seccomp profile"
    if security.get("allowPrivilegeEscalation", True) or security.get("capabilities", {}).get("drop") != ["ALL"]:
        yield "may gain rights"
    if pod.get("hostNetwork") or any("hostPath" in volume for volume in pod.get("volumes") or []):
        yield "shares the network or the disk of its node"


def quantity(text: str) -> float:
    """CPU in millicores, memory in MiB."""
    unit = text.lstrip("0123456789.")
    return float(text.removesuffix(unit)) * (_UNITS[unit] if unit else 1000)

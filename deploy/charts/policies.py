"""What every rendered release must keep to, by the kind of its objects: a line for each that does not.

Objects are those of one release (deploy.charts.helm.render).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Object = dict[str, Any]
# What a service may need to end: requests under way, and then its background work (chassis/serve.py).
ENDING_SECONDS = 40
# How long the edge may take to learn that a pod is ending: an assumption, until a rollout under load measures it.
WATCH_LAG_SECONDS = 5


def complaints(objects: list[Object]) -> list[str]:
    """All that is wrong with a release."""
    checks = (pods, _rollout, _scaling, _migration, _names)
    return [line for check in checks for line in check(objects)]


def of_kind(objects: list[Object], kind: str) -> list[Object]:
    """The objects of a kind."""
    return [each for each in objects if each["kind"] == kind]


def pod_of(each: Object) -> Object:
    """The pod's specification in a Deployment, a Job or a StatefulSet."""
    spec: Object = each["spec"]["template"]["spec"]
    return spec


def pods(objects: list[Object]) -> Iterator[str]:
    """The Pod Security Standard "restricted", and what goes beyond it."""
    timed = [
        {**each, **each["spec"]["jobTemplate"], "metadata": each["metadata"]} for each in of_kind(objects, "CronJob")
    ]
    for each in of_kind(objects, "Deployment") + of_kind(objects, "Job") + of_kind(objects, "StatefulSet") + timed:
        pod, name = pod_of(each), f"{each['kind']} {each['metadata']['name']}"
        security = pod.get("securityContext", {})
        if not security.get("runAsNonRoot") or not security.get("runAsUser"):
            yield f"{name} may run as root"
        if security.get("seccompProfile", {}).get("type") != "RuntimeDefault":
            yield f"{name} has no seccomp profile"
        if pod.get("automountServiceAccountToken", True):
            yield f"{name} gets a token of the Kubernetes API"
        if any(pod.get(field) for field in ("hostNetwork", "hostPID", "hostIPC")):
            yield f"{name} shares a namespace of its node"
        for container in pod["containers"]:
            yield from (f"{name}: {line}" for line in _container(container))


def _container(container: Object) -> Iterator[str]:
    security = container.get("securityContext", {})
    if security.get("allowPrivilegeEscalation", True):
        yield "it may gain rights"
    if not security.get("readOnlyRootFilesystem"):
        yield "its file system can be written"
    if security.get("capabilities", {}).get("drop") != ["ALL"]:
        yield "it keeps capabilities"
    if "@sha256:" not in container.get("image", ""):
        yield "its image has no digest"
    limits, requests = (container.get("resources", {}).get(which, {}) for which in ("limits", "requests"))
    if "memory" not in limits or "cpu" in limits:
        yield "it needs a limit of memory and none of CPU"
    if not {"cpu", "memory"} <= set(requests):
        yield "it requests no CPU or no memory"


def _rollout(objects: list[Object]) -> Iterator[str]:
    """An update and the end of a pod fail no request."""
    for each in of_kind(objects, "Deployment"):
        pod, (container, *_) = pod_of(each), pod_of(each)["containers"]
        if "replicas" in each["spec"]:
            yield "the Deployment sets replicas: every upgrade would undo the autoscaler's"
        if each["spec"].get("strategy", {}).get("rollingUpdate") != {"maxSurge": "25%", "maxUnavailable": 0}:
            yield "an update takes replicas away before others are ready"
        pause = container.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
        if pause < WATCH_LAG_SECONDS:
            yield f"a pod that ends stops serving after {pause} s, and the edge may learn of it later"
        if pod.get("terminationGracePeriodSeconds", 30) < pause + ENDING_SECONDS:
            yield "a pod is killed before it has finished its requests"
        paths = {name: container.get(name, {}).get("httpGet", {}).get("path") for name in _PROBES}
        if paths != _PROBES:
            yield f"the probes ask {paths}"
        zones = {spread["topologyKey"] for spread in pod.get("topologySpreadConstraints", [])}
        if "topology.kubernetes.io/zone" not in zones:
            yield "replicas may all be in one zone"


# Liveness never asks for the database: a restart would not bring it back.
_PROBES = {"startupProbe": "/health/live", "livenessProbe": "/health/live", "readinessProbe": "/health/ready"}


def _scaling(objects: list[Object]) -> Iterator[str]:
    for each in of_kind(objects, "HorizontalPodAutoscaler"):
        spec = each["spec"]
        if not 1 <= spec["minReplicas"] <= spec["maxReplicas"]:
            yield "the autoscaler's bounds are wrong"
        if {metric["resource"]["name"] for metric in spec["metrics"]} != {"cpu", "memory"}:
            yield "the autoscaler does not look at CPU and memory"
        if "behavior" not in spec:
            yield "the autoscaler has no behaviour"
        if spec["minReplicas"] > 1 and not of_kind(objects, "PodDisruptionBudget"):
            yield "the drain of a node may take all replicas"
    for each in of_kind(objects, "PodDisruptionBudget"):
        if each["spec"].get("maxUnavailable") != 1 or "minAvailable" in each["spec"]:
            yield "the disruption budget may block the drain of a node"


def _migration(objects: list[Object]) -> Iterator[str]:
    """It runs before the new pods, with a secret that the service does not have."""
    mounted = {
        volume["secret"]["secretName"]
        for each in of_kind(objects, "Deployment")
        for volume in pod_of(each).get("volumes", [])
        if "secret" in volume
    }
    for each in of_kind(objects, "Job"):
        if each["metadata"].get("annotations", {}).get("helm.sh/hook") != "pre-install,pre-upgrade":
            yield "the migration does not run before the new pods"
        (url,) = (entry for entry in pod_of(each)["containers"][0]["env"] if entry["name"] == "DATABASE_URL")
        if url.get("valueFrom", {}).get("secretKeyRef", {}).get("name") in {*mounted, None}:
            yield "the migration's role is known to the service"


def _names(objects: list[Object]) -> Iterator[str]:
    """What one object names, another of the release is."""
    (deployment,) = of_kind(objects, "Deployment")
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    for each in objects:
        selector = each["spec"].get("selector", {}) if "spec" in each else {}
        selector = selector.get("matchLabels", selector)
        if each["kind"] in {"Service", "PodDisruptionBudget", "Deployment"} and not selector.items() <= labels.items():
            yield f"{each['kind']} selects no pod of the release"
    ports = {port["name"] for port in pod_of(deployment)["containers"][0]["ports"]}
    for each in of_kind(objects, "Service"):
        if not {port["targetPort"] for port in each["spec"]["ports"]} <= ports:
            yield "the Service's port is none of the pod's"
    made = {(each["kind"], each["metadata"]["name"]) for each in objects}
    for route in of_kind(objects, "HTTPRoute"):
        for rule in route["spec"]["rules"]:
            # Its Middlewares are those of deploy/edge, whose tests look for them.
            names = [one["name"] for one in rule["backendRefs"]]
            yield from (
                f"the route names Service {name}, which is not there" for name in names if ("Service", name) not in made
            )

"""The admission policies, their expressions evaluated: what the charts render passes, and each fault is refused."""

from __future__ import annotations

import copy
from functools import cache, reduce
from pathlib import Path
from typing import Any

import cel
import pytest

from deploy.access.tests.conftest import REGISTRY
from deploy.charts import helm
from deploy.charts.tests.releases import ENVIRONMENTS, SERVICES, fields, plain_secrets
from deploy.edge import rendered

Object = dict[str, Any]
CACHE = f"{REGISTRY.partition('/')[0]}/ecr-public"
TRAEFIKS = ("docker.io/traefik:v3.7.15", f"{CACHE}/docker/library/traefik:v3.7.15")
IMAGE = f"{REGISTRY}/services@sha256:{'a' * 64}"


def refusals(
    objects: helm.Objects,
    name: str,
    new: Object,
    old: Object | None = None,
    group: str = "x",
    namespace: str = "mercat",
) -> list[str]:
    """The messages of the validations of a policy that refuse the object."""
    (policy,) = [
        each["spec"]
        for each in objects
        if each["kind"] == "ValidatingAdmissionPolicy" and each["metadata"]["name"] == f"mercat-{name}"
    ]
    request = {"userInfo": {"groups": [group]}, "namespace": namespace}
    known: Object = {"object": new, "oldObject": old, "request": request, "variables": {}}
    if not all(cel.evaluate(each["expression"], known) for each in policy.get("matchConditions", ())):
        return []
    for each in policy.get("variables", ()):
        known["variables"][each["name"]] = cel.evaluate(each["expression"], known)
    return [each["message"] for each in policy["validations"] if cel.evaluate(each["expression"], known) is not True]


@cache
def release(service: Path, environment: Path) -> list[Object]:
    """A release whose image is the environment's registry's."""
    repository, _, digest = IMAGE.partition("@")
    values = (f"image.repository={repository}", f"image.digest={digest}", *plain_secrets(service.parent.name))
    return helm.render((service, environment), release=service.parent.name, values=values)


def deployment() -> Object:
    return next(each for each in release(SERVICES[0], ENVIRONMENTS[0]) if each["kind"] == "Deployment")


def changed(path: str, value: Any) -> Object:
    """The Deployment with one field set, or taken out (None)."""
    new: Any = copy.deepcopy(deployment())
    *parents, last = [int(part) if part.isdigit() else part for part in path.split(" ")]
    holder: Any = reduce(lambda found, part: found[part], parents, new)
    if value is None:
        del holder[last]
    else:
        holder[last] = value
    return new


POD = "spec template spec"
FIRST = f"{POD} containers 0"


@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=lambda path: path.stem)
def test_what_the_charts_render_is_admitted(objects: helm.Objects, environment: Path) -> None:
    repository, _, digest = IMAGE.partition("@")
    edge = rendered.edge(environment, (f"image.repository={repository}", f"image.digest={digest}"))
    services = [each for path in SERVICES for each in release(path, environment)]
    workloads = [each for each in [*edge, *services] if each["kind"] in {"Deployment", "Job"}]
    migrated = [path for path in SERVICES if fields(path)["database"]]
    assert len(workloads) == len(SERVICES) + len(migrated) + 1
    for each in workloads:
        assert refusals(objects, "workloads", each) == []
        pod = {"kind": "Pod", **each["spec"]["template"]}
        assert refusals(objects, "workloads", pod) == []


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (f"{FIRST} image", IMAGE.replace(REGISTRY, "docker.io/else"), "Images come from"),
        (f"{FIRST} image", IMAGE.replace(REGISTRY, f"{REGISTRY}.else"), "Images come from"),
        (f"{FIRST} image", f"{REGISTRY}/services:latest", "named by its digest"),
        (f"{FIRST} image", f"{IMAGE}0", "named by its digest"),
        (f"{FIRST} resources", None, "Each container needs"),
        (f"{FIRST} resources requests cpu", None, "Each container needs"),
        (f"{FIRST} resources limits", {"cpu": "1"}, "Each container needs"),
        (f"{POD} initContainers", [{"name": "i", "image": "busybox"}], "Images come from"),
        (f"{POD} volumes 0", {"name": "v", "image": {"reference": "docker.io/else"}}, "No volume is an image"),
        ("metadata labels", None, "Labels are missing"),
        ("metadata labels environment", None, "Labels are missing"),
    ],
)
def test_a_workload_with_a_fault_is_refused(objects: helm.Objects, path: str, value: Any, message: str) -> None:
    assert any(message in found for found in refusals(objects, "workloads", changed(path, value)))


@pytest.mark.parametrize(
    ("image", "namespace", "admitted"),
    [
        (f"{CACHE}/docker/library/traefik:v3.7.15", "edge", True),
        (f"{CACHE}/docker/library/traefik@sha256:{'a' * 64}", "edge", True),
        (IMAGE, "edge", True),
        (f"{CACHE}/docker/library/traefik:v3.7.15", "mercat", False),
        (f"{CACHE}/docker/library/traefik-other:v1", "edge", False),
        (f"{CACHE.replace('.', 'x')}/docker/library/traefik:v3.7.15", "edge", False),
        ("docker.io/traefik:v3.7.15", "edge", False),
    ],
)
def test_traefik_alone_comes_from_the_cache_and_without_a_digest(
    objects: helm.Objects, image: str, namespace: str, *, admitted: bool
) -> None:
    found = refusals(objects, "workloads", changed(f"{FIRST} image", image), namespace=namespace)
    assert (found == []) is admitted


def test_a_cluster_without_aws_says_where_its_traefik_comes_from() -> None:
    cluster = next(path for path in ENVIRONMENTS if path.stem == "cluster")
    admitted = rendered.access((cluster,))
    found = [refusals(admitted, "workloads", changed(f"{FIRST} image", image), namespace="edge") for image in TRAEFIKS]
    assert [bool(each) for each in found] == [False, True]


def test_policies_hold_where_pods_of_ours_run(objects: helm.Objects) -> None:
    (binding,) = [
        each["spec"]
        for each in objects
        if each["kind"] == "ValidatingAdmissionPolicyBinding" and each["metadata"]["name"] == "mercat-workloads"
    ]
    assert binding["validationActions"] == ["Deny", "Audit"]
    (names,) = binding["matchResources"]["namespaceSelector"]["matchExpressions"]
    assert names["values"] == ["mercat", "edge"]


@pytest.mark.parametrize("group", ["operators", "emergency"])
@pytest.mark.parametrize(
    ("path", "value"),
    [
        (f"{FIRST} image", IMAGE.replace("a" * 64, "b" * 64)),
        (f"{FIRST} envFrom", None),
        (f"{POD} serviceAccountName", "payments"),
        ("spec template metadata labels calls-catalog", "true"),
        ("spec strategy", {"type": "Recreate"}),
    ],
)
def test_operators_cannot_change_what_runs(objects: helm.Objects, group: str, path: str, value: Any) -> None:
    new = changed(path, value)
    assert refusals(objects, "operators-restart", new, deployment(), f"mercat:{group}")
    assert refusals(objects, "operators-restart", new, deployment(), "mercat:deployers") == []


def test_operators_restart_and_scale(objects: helm.Objects) -> None:
    restarted = changed("spec template metadata annotations", {"kubectl.kubernetes.io/restartedAt": "now"})
    for new in (restarted, changed("spec replicas", 5)):
        assert refusals(objects, "operators-restart", new, deployment(), "mercat:operators") == []


def test_operators_change_the_bounds_of_scaling_alone(objects: helm.Objects) -> None:
    def scaler(target: str, most: int) -> Object:
        spec = {"scaleTargetRef": {"name": target}, "metrics": [], "maxReplicas": most}
        return {"kind": "HorizontalPodAutoscaler", "spec": spec}

    def found(new: Object) -> list[str]:
        return refusals(objects, "operators-restart", new, scaler("a", 1), "mercat:operators")

    assert found(scaler("a", 9)) == []
    assert found(scaler("b", 1))


@pytest.mark.parametrize("field", ["serviceAccountName", "serviceAccount"])
def test_deployers_run_nothing_as_who_may_read_the_master_of_the_databases(objects: helm.Objects, field: str) -> None:
    as_master = changed(f"{POD} {field}", "database-roles")
    assert refusals(objects, "deployers-accounts", as_master, group="mercat:deployers")
    assert refusals(objects, "deployers-accounts", as_master) == []
    assert refusals(objects, "deployers-accounts", deployment(), group="mercat:deployers") == []
    (bound,) = [
        each
        for each in objects
        if each["metadata"]["name"] == "mercat-deployers-accounts" and "Binding" in each["kind"]
    ]
    (names,) = bound["spec"]["matchResources"]["namespaceSelector"]["matchExpressions"]
    assert names["values"] == ["mercat"]


@pytest.mark.parametrize(("image", "refused"), [(IMAGE, False), ("busybox", True), (f"{REGISTRY}/a:latest", True)])
def test_a_debugging_container_runs_our_image(objects: helm.Objects, image: str, *, refused: bool) -> None:
    pod = {"kind": "Pod", "spec": {"ephemeralContainers": [{"image": image}]}}
    assert bool(refusals(objects, "debugging", pod)) is refused

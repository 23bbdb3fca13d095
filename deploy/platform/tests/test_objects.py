"""The objects of our own chart in every environment: valid, complete, and large enough for the store."""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from deploy.charts import helm
from deploy.charts.network import Pod, allowed
from deploy.charts.policies import of_kind
from deploy.charts.tests.releases import SERVICES, fields
from deploy.charts.validation import invalid
from deploy.platform.checks import quantity
from deploy.platform.releases import components, releases
from deploy.platform.render import HANDOVERS, handover, values
from deploy.platform.settings import settings

CA = "-----BEGIN CERTIFICATE-----\n"
ON_AWS = [name for name in HANDOVERS if handover(name)]
# A rolling update starts so many new pods before it ends the old.
SURGE = 1.25


pytestmark = pytest.mark.usefixtures("needs_helm")


@cache
def objects(environment: str, database_ca: str = CA) -> helm.Objects:
    """What platform-base and platform render to."""
    found = []
    for release in releases(environment, handover(environment), database_ca):
        if isinstance(release.chart, Path) and release.chart.name == "platform":
            found += helm.render(release.files, release=release.name, chart=release.chart, over=release.values)
    return found


def named(environment: str, kind: str, name: str = "") -> dict[str, Any]:
    (found,) = [each for each in of_kind(objects(environment), kind) if name in ("", each["metadata"]["name"])]
    return found


@pytest.mark.parametrize("environment", HANDOVERS)
def test_every_object_is_valid(environment: str) -> None:
    assert invalid(objects(environment)) == []


@pytest.mark.parametrize("environment", HANDOVERS)
def test_every_namespace_that_is_used_is_made_restricted_and_bounded(environment: str) -> None:
    made = {each["metadata"]["name"]: each["metadata"]["labels"] for each in of_kind(objects(environment), "Namespace")}
    installed = {release.namespace for release in releases(environment, handover(environment))} - {"kube-system"}
    own = fields(helm.ENVIRONMENTS / f"{environment}.yaml")
    assert installed | {"mercat", own["edge"]["namespace"]} <= set(made)
    for name, labels in made.items():
        modes = {labels[f"pod-security.kubernetes.io/{mode}"] for mode in ("enforce", "warn", "audit")}
        # Velero moves the content of volumes in pods that run as root; agents read the disks of their nodes.
        assert modes == {{"velero": "baseline", "node-agents": "privileged"}.get(name, "restricted")}
    for kind in ("ResourceQuota", "LimitRange"):
        assert {each["metadata"]["namespace"] for each in of_kind(objects(environment), kind)} == set(made)


@pytest.mark.parametrize("environment", HANDOVERS)
def test_the_quota_has_room_for_all_services_at_their_largest_while_they_are_updated(environment: str) -> None:
    most = settings(environment, handover(environment))["replicas"]["most"]
    pods, cpu, memory = 2, 20.0, 96.0  # the error page
    for path in SERVICES:
        service = fields(path)
        number = math.ceil(min(service["scale"]["max"], most) * SURGE) + 1  # and its migration
        pods += number
        cpu += number * quantity(service["resources"]["cpu"])
        memory += number * quantity(service["resources"]["memory"])
    hard = named(environment, "ResourceQuota", "mercat")["spec"]["hard"]
    assert pods <= int(hard["pods"])
    assert cpu <= quantity(hard["requests.cpu"])
    assert memory <= quantity(hard["requests.memory"])
    # A limit is twice the request.
    assert 2 * memory <= quantity(hard["limits.memory"])
    if environment in ON_AWS:
        nodes = named(environment, "NodePool", "general")["spec"]["limits"]
        assert cpu < quantity(nodes["cpu"])
        assert memory < quantity(nodes["memory"])


@pytest.mark.parametrize("environment", HANDOVERS)
def test_the_quota_of_the_edge_has_room_for_traefik_at_its_largest(environment: str) -> None:
    traefik = values(next(one for one in releases(environment, handover(environment)) if one.name == "traefik"))
    number = traefik["autoscaling"]["maxReplicas"] + 1
    hard = named(environment, "ResourceQuota", "edge")["spec"]["hard"]
    assert number * quantity(traefik["resources"]["requests"]["memory"]) <= quantity(hard["requests.memory"])
    assert number * quantity(traefik["resources"]["requests"]["cpu"]) <= quantity(hard["requests.cpu"])
    assert number * quantity(traefik["resources"]["limits"]["memory"]) <= quantity(hard["limits.memory"])
    assert number <= int(hard["pods"])
    assert traefik["priorityClassName"] in {
        each["metadata"]["name"] for each in of_kind(objects(environment), "PriorityClass")
    }


@pytest.mark.parametrize(("namespace", "agents"), [("velero", 1), ("node-agents", 2)])
@pytest.mark.parametrize("environment", ON_AWS)
def test_the_quota_has_room_for_an_agent_on_every_node(environment: str, namespace: str, agents: int) -> None:
    nodes = 6  # of the system, while they are replaced
    for pool in of_kind(objects(environment), "NodePool"):
        wanted = {each["key"]: each["values"] for each in pool["spec"]["template"]["spec"]["requirements"]}
        smallest = min(map(int, wanted["karpenter.k8s.aws/instance-cpu"]))
        nodes += math.ceil(quantity(pool["spec"]["limits"]["cpu"]) / 1000 / smallest)
    # Velero itself, twice while it is updated, and a few that move data or maintain the bucket.
    assert agents * nodes + 10 <= int(named(environment, "ResourceQuota", namespace)["spec"]["hard"]["pods"])


@pytest.mark.parametrize("environment", ON_AWS)
def test_what_the_environment_names_is_made(environment: str) -> None:
    own = settings(environment, handover(environment))
    store = named(environment, "ClusterSecretStore")
    assert store["metadata"]["name"] == own["secrets"]["store"]
    assert "mercat" in store["spec"]["conditions"][0]["namespaces"]
    maps = of_kind(objects(environment), "ConfigMap")
    assert {each["metadata"]["name"] for each in maps} == {own["databases"]["ca_config_map"]}
    assert [each["metadata"]["namespace"] for each in maps] == ["mercat", "monitoring"]
    assert {each["data"]["ca.pem"] for each in maps} == {CA}
    issuers = [each["metadata"]["name"] for each in of_kind(objects(environment), "ClusterIssuer")]
    assert issuers == ([own["edge"]["issuer"]] if own["edge"]["protocol"] == "https" else [])


@pytest.mark.parametrize("environment", ON_AWS)
def test_volumes_are_encrypted_backed_up_and_made_where_their_pod_is(environment: str) -> None:
    storage, handed = named(environment, "StorageClass"), handover(environment)
    assert storage["metadata"]["annotations"] == {"storageclass.kubernetes.io/is-default-class": "true"}
    assert (storage["volumeBindingMode"], storage["allowVolumeExpansion"]) == ("WaitForFirstConsumer", True)
    wanted = {"type": "gp3", "encrypted": "true", "kmsKeyId": handed["volume_key_arn"]}
    assert storage["parameters"].items() >= (wanted | {"tagSpecification_1": handed["volume_backup_tag"]}).items()
    assert named(environment, "VolumeSnapshotClass")["driver"] == storage["provisioner"]


@pytest.mark.parametrize("environment", ON_AWS)
def test_nodes_are_replaced_a_few_at_a_time_and_never_stay(environment: str) -> None:
    pools = {each["metadata"]["name"]: each["spec"] for each in of_kind(objects(environment), "NodePool")}
    assert set(pools) == {"general", "stateful"}
    for pool in pools.values():
        assert pool["disruption"]["budgets"]
        assert pool["template"]["spec"]["expireAfter"] != "Never"
        assert {"cpu", "memory"} == set(pool["limits"])
    stateful = pools["stateful"]["template"]["spec"]
    assert [taint["effect"] for taint in stateful["taints"]] == ["NoSchedule"]
    kinds = {each["key"]: each["values"] for each in stateful["requirements"]}
    assert kinds["karpenter.sh/capacity-type"] == ["on-demand"]


@pytest.mark.parametrize("environment", ON_AWS)
def test_nodes_are_those_that_terraform_admits(environment: str) -> None:
    node, handed = named(environment, "EC2NodeClass")["spec"], handover(environment)
    assert node["instanceProfile"] == handed["karpenter_instance_profile"]
    assert "role" not in node
    for terms in (node["subnetSelectorTerms"], node["securityGroupSelectorTerms"]):
        assert terms == [{"tags": {"karpenter.sh/discovery": handed["cluster"]}}]
    assert (node["metadataOptions"]["httpTokens"], node["metadataOptions"]["httpPutResponseHopLimit"]) == (
        "required",
        1,
    )
    disks = [disk["ebs"] for disk in node["blockDeviceMappings"]]
    assert {(disk["encrypted"], disk["kmsKeyID"]) for disk in disks} == {(True, handed["volume_key_arn"])}


def test_controllers_are_asked_by_the_api_and_by_prometheus_alone() -> None:
    policies = of_kind(objects("production"), "NetworkPolicy")
    closed = {each["metadata"]["namespace"] for each in policies}
    listed = {name: each for name, each in components().items() if "production" in each.get("only", ["production"])}
    assert closed == {name for name, each in listed.items() if each["namespace"] == name} | {"elastic-system"}
    (webhook,) = [each["spec"]["ingress"][0] for each in policies if each["metadata"]["namespace"] == "cert-manager"]
    assert webhook["from"] == [{"ipBlock": {"cidr": handover("production")["vpc_cidr"]}}]
    assert webhook["ports"] == [{"port": 10250, "protocol": "TCP"}]
    pods: list[Pod] = [
        ("mercat", {}),
        ("monitoring", {}),
        ("cert-manager", {}),
        ("kube-system", {"k8s-app": "kube-dns"}),
    ]
    service, prometheus, controller, dns = pods
    assert allowed(policies, prometheus, controller, 9402)
    assert allowed(policies, controller, dns, 53)
    assert not allowed(policies, service, controller, 9402)
    assert not allowed(policies, controller, service, 8000)


def test_without_the_certificates_of_the_database_nothing_is_installed() -> None:
    with pytest.raises(helm.HelmError, match="database_ca is missing: pods would wait for the ConfigMap"):
        objects("production", "")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"namespaces": {"kube-system": {}}}, "kube-system"),
        ({"namespaces": {"mercat": {"pod_security": "none"}}}, "/namespaces/mercat/pod_security"),
        ({"node_class": {"image": "al2023@latest"}}, "/node_class/image"),
        ({"issuer": {"name": "letsencrypt"}}, "/issuer"),
        ({"database_ca": "https://truststore"}, "/database_ca"),
        ({"storage": {}}, "additional properties 'storage' not allowed"),
    ],
)
def test_wrong_values_are_refused(value: dict[str, Any], said: str) -> None:
    with pytest.raises(helm.HelmError) as refusal:
        helm.render((), release="x", chart=helm.CHART.parent / "platform", over={"environment": "production", **value})
    assert said in str(refusal.value)

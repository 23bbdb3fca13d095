"""Who may talk to whom, computed from the rendered policies, is what the service.yaml files say."""

from __future__ import annotations

import json
from itertools import permutations

import pytest

from deploy.charts import network
from deploy.charts.policies import of_kind
from deploy.charts.tests.releases import ENVIRONMENTS, SERVICES, fields, release

SPECS = {path.parent.name: fields(path) for path in SERVICES}
HTTP = 8000
EDGE = ("edge", {"app.kubernetes.io/name": "traefik"})
PROMETHEUS = ("monitoring", {"app.kubernetes.io/name": "prometheus"})
NAMES = ("kube-system", {"k8s-app": "kube-dns"})
STRANGER = ("mercat", {"app.kubernetes.io/name": "stranger"})
ELSEWHERE = ("other", {"app.kubernetes.io/name": "traefik", "calls-orders": "true"})


@pytest.fixture(params=ENVIRONMENTS, ids=lambda path: path.stem)
def cluster(request: pytest.FixtureRequest) -> tuple[list[dict], dict[str, network.Pod], dict]:
    objects = [each for path in SERVICES for each in release(path, request.param)]
    return of_kind(objects, "NetworkPolicy"), network.pods(objects), fields(request.param)


def of_migration(pods: dict[str, network.Pod], name: str) -> list[network.Pod]:
    """The pod of a service's migration; none of a service without a database."""
    assert (f"{name}-migration" in pods) is bool(SPECS[name]["database"])
    return [pod for key, pod in pods.items() if key == f"{name}-migration"]


def test_services_reach_only_services_that_they_call_read_or_follow(cluster) -> None:
    policies, pods, _ = cluster
    for one, other in permutations(SPECS, 2):
        declared = other in {*SPECS[one]["calls"], *SPECS[one].get("reads", []), *SPECS[one]["follows"], "identity"}
        assert network.allowed(policies, pods[one], pods[other], HTTP) is declared, (one, other)
        assert not network.allowed(policies, pods[one], pods[other], 22)


def test_unknown_pods_migrations_and_other_namespaces_reach_no_service(cluster) -> None:
    policies, pods, _ = cluster
    for name, spec in SPECS.items():
        assert network.allowed(policies, EDGE, pods[name], HTTP) is bool(spec["routes"])
        assert network.allowed(policies, PROMETHEUS, pods[name], HTTP)
        migrations = of_migration(pods, name)
        for source in (STRANGER, ELSEWHERE, *migrations):
            assert not network.allowed(policies, source, pods[name], HTTP), (source, name)
        assert not network.allowed(policies, pods[name], STRANGER, HTTP)
        assert not [pod for pod in migrations if network.allowed(policies, EDGE, pod, HTTP)]


def test_external_hosts_are_reached_as_declared(cluster) -> None:
    policies, pods, environment = cluster
    data: network.Pod = ("data", {})
    for name, spec in SPECS.items():
        service, migrations, stores = pods[name], of_migration(pods, name), bool(spec["database"])
        for pod in (service, *migrations):
            if environment["databases"]["namespace"]:
                assert network.allowed(policies, pod, data, 5432) is stores
                assert not network.allowed(policies, pod, data, 22)
            else:
                assert network.reaches(policies, pod, environment["databases"]["networks"][0], 5432) is stores
        assert network.reaches(policies, service, "0.0.0.0/0", 443) is bool(
            {"stripe", "internet"} & set(spec["reaches"])
        )
        assert network.reaches(policies, service, "0.0.0.0/0", 587) is ("smtp" in spec["reaches"])
        assert not [pod for pod in migrations if network.reaches(policies, pod, "0.0.0.0/0", 443)]


def test_every_pod_may_ask_for_names_and_nothing_else_of_their_server(cluster) -> None:
    policies, pods, _ = cluster
    for pod in pods.values():
        for protocol in ("UDP", "TCP"):
            assert network.allowed(policies, pod, NAMES, 53, protocol=protocol)
        assert not network.allowed(policies, pod, NAMES, 9153)
        assert not network.allowed(policies, pod, STRANGER, 53, protocol="UDP")


def test_credentials_of_the_cloud_are_for_services_that_reach_the_internet(cluster) -> None:
    policies, pods, environment = cluster
    agent = environment.get("credentials", {"networks": ["169.254.170.23/32"]})["networks"][0]
    for name, spec in SPECS.items():
        declared = "internet" in spec["reaches"] and "credentials" in environment
        assert network.reaches(policies, pods[name], agent, 80) is declared
        assert not [pod for pod in of_migration(pods, name) if network.reaches(policies, pod, agent, 80)]
        assert not network.reaches(policies, pods[name], "169.254.169.254/32", 80)


def test_a_server_of_metrics_that_is_not_told_of_reaches_no_service() -> None:
    for path in SERVICES:
        objects = release(path, ENVIRONMENTS[0], "monitoring.enabled=false")
        service = network.pods(objects)[path.parent.name]
        assert not network.allowed(of_kind(objects, "NetworkPolicy"), PROMETHEUS, service, HTTP)


def test_the_internet_has_no_private_or_metadata_address(cluster) -> None:
    policies, _, _ = cluster
    for each in policies:
        for rule in each["spec"]["egress"]:
            for peer in rule["to"]:
                block = peer.get("ipBlock", {})
                if block.get("cidr") == "0.0.0.0/0" and rule["ports"][0]["port"] == 443:
                    assert {"10.0.0.0/8", "169.254.0.0/16", "192.168.0.0/16", "172.16.0.0/12"} <= set(block["except"])


def test_every_host_name_that_a_service_uses_is_a_service() -> None:
    for environment in ENVIRONMENTS:
        objects = [each for path in SERVICES for each in release(path, environment)]
        made = {each["metadata"]["name"] for each in of_kind(objects, "Service")}
        for config in of_kind(objects, "ConfigMap"):
            assert set(json.loads(config["data"]["SERVICE_URLS"])) <= made


def test_a_policy_selects_those_alone_that_its_expressions_name() -> None:
    selector = {"matchExpressions": [{"key": "app", "operator": "In", "values": ["books"]}]}
    spec = {"podSelector": selector, "policyTypes": ["Egress"], "egress": [{"ports": [{"port": 5432}]}]}
    denied = {"podSelector": {}, "policyTypes": ["Egress"]}
    rules = [{"metadata": {}, "spec": each} for each in (spec, denied)]
    target: network.Pod = ("data", {})
    assert network.allowed(rules, ("mercat", {"app": "books"}), target, 5432)
    assert not network.allowed(rules, ("mercat", {"app": "orders"}), target, 5432)
    selector["matchExpressions"][0]["operator"] = "Exists"
    with pytest.raises(ValueError, match="Exists"):
        network.allowed(rules, ("mercat", {"app": "books"}), target, 5432)

"""Which nodes hold given pods, and that they are what Karpenter may start."""

from __future__ import annotations

import pytest
import yaml

from deploy import TERRAFORM
from deploy.aws.cost import prices
from deploy.aws.layers import environments
from deploy.capacity import nodes, pods, settings
from deploy.capacity.pods import Pod
from deploy.platform import releases

LARGE = nodes.room("m7g.large")


def test_pods_that_just_fit_take_one_node_and_one_more_takes_another():
    half = Pod("half", LARGE[0] / 2, 100)
    assert nodes.packed([half, half], "m7g.large") == 1
    assert nodes.packed([half, half, Pod("crumb", 1, 1)], "m7g.large") == 2
    assert nodes.packed([Pod("large", 100, LARGE[1] + 1)], "m7g.large") is None
    assert nodes.packed([Pod("busy", LARGE[0] + 1, 100)], "m7g.large") is None


def test_two_types_are_taken_where_they_are_cheaper_than_one():
    store = [Pod("store", 400, 200)] * 8
    memory = [Pod("memory", 1500, 12_000)]
    hourly = {"c7g.large": 0.08, "r7g.large": 0.13}
    assert nodes.cheapest([*store, *memory], hourly) == {"c7g.large": 2, "r7g.large": 1}
    assert nodes.cheapest(store, hourly) == {"c7g.large": 2}
    assert nodes.cheapest(memory, hourly, least=3) == {"r7g.large": 3}


def test_a_pod_that_fits_nowhere_is_said():
    with pytest.raises(ValueError, match=r"no type of node holds the largest pod.*huge"):
        nodes.cheapest([Pod("huge", 1, 10**6), Pod("small", 1, 1)], {"m7g.large": 1})


@pytest.mark.parametrize("name", environments(TERRAFORM))
def test_what_prices_assume_of_nodes_is_what_karpenter_may_start(name):
    environment = settings.environment(name)
    assumed = prices().usage(name)["workload_nodes"]
    for kind in assumed:
        assert nodes.may_start(kind, environment.node_families, environment.node_cpus), kind


def test_a_type_of_a_family_generation_or_size_that_the_pool_excludes_is_none_of_it():
    pool = (("c", "m"), (2, 4))
    assert nodes.may_start("m7g.large", *pool)
    assert not any(nodes.may_start(kind, *pool) for kind in ("t4g.large", "m5.large", "r7g.large", "m7g.2xlarge"))


def test_the_pods_that_watch_are_the_sums_of_the_list():
    listed = releases.components()
    for what in ("cpu", "memory"):
        sums = sum(listed[name]["requests"][what] for name in ("kube-prometheus-stack", "logs"))
        found = sum(getattr(each, what) for each in pods.watching(settings.environment("production")))
        assert found == pytest.approx(sums, rel=0.05), what
    smaller = [settings.environment(name) for name in ("development", "staging")]
    assert [len(pods.watching(each)) for each in smaller] == [2, 6]


@pytest.mark.parametrize(("name", "file"), [("development", ""), ("staging", ""), ("production", ".production")])
def test_prometheus_requests_what_its_values_say(name, file):
    values = yaml.safe_load((releases.VALUES / f"kube-prometheus-stack{file}.yaml").read_text())
    said = values["prometheus"]["prometheusSpec"]["resources"]["requests"]
    prometheus = next(each for each in pods.watching(settings.environment(name)) if each.name == "prometheus")
    assert {"cpu": f"{prometheus.cpu}m", "memory": f"{prometheus.memory // 1024}Gi"} == said

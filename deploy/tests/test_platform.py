"""deploy/platform/components.yaml against the Terraform that it stands on: registries, room on the system nodes."""

from __future__ import annotations

import re

import pytest
import yaml

from deploy import TERRAFORM
from deploy.capacity.nodes import AGENTS, KEPT, KUBELET

LIST = yaml.safe_load((TERRAFORM.parent / "platform" / "components.yaml").read_text())
COMPONENTS = LIST["components"]
# Memory of a node by its type, in MiB, as AWS sells it.
MEMORY = {"t4g.medium": 4096, "t4g.large": 8192, "m7g.large": 8192}
# What AWS's add-ons request once: CoreDNS, metrics-server, EBS and snapshot controllers.
ADDONS_ONCE = 900


def setting(row: str) -> dict[str, str]:
    text = (TERRAFORM / "settings" / "environments.tf").read_text()
    found = re.search(rf"^ +{row} += {{(.*)}}$", text, re.MULTILINE)
    assert found
    return dict(re.findall(r'(\w+) = "?([\w.-]+)"?', found[1]))


@pytest.mark.parametrize("name", COMPONENTS)
def test_a_component_says_all_that_its_installation_needs(name):
    keys = {"chart", "version", "namespace", "service_account", "nodes", "replicas", "requests", "images", "reads"}
    assert set(COMPONENTS[name]) - {"copied", "needs", "only", "unless", "wave", "later"} == keys
    assert COMPONENTS[name].get("needs", "zone_id") == "zone_id"
    assert COMPONENTS[name]["nodes"] in {"system", "workload"}
    assert set(COMPONENTS[name]["requests"]) == {"cpu", "memory"}


def test_each_chart_has_a_version_or_says_why_not():
    charts = {name: each for name, each in COMPONENTS.items() if not str(each["chart"]).startswith("deploy/")}
    without = {name for name, each in charts.items() if each["chart"] and each["version"] is None}
    assert without == set()
    pinned = [each["version"] for each in COMPONENTS.values() if each["version"]]
    assert not [version for version in pinned if not re.fullmatch(r"v?\d+\.\d+\.\d+", version)]


def test_every_image_registry_is_reachable_from_the_cluster():
    cached = set(
        re.findall(r'= "([\w.-]+)"$', (TERRAFORM / "modules/registry/pull_through.tf").read_text(), re.MULTILINE)
    )
    used = {registry: way for each in COMPONENTS.values() for registry, way in each["images"].items()}
    assert {registry for registry, way in used.items() if way == "cache"} == cached & set(used)
    copied = re.search(r"copied_images = \[(.*)\]", (TERRAFORM / "settings/services.tf").read_text())
    assert copied
    images = set(re.findall(r"[\w-]+", copied[1]))
    by_copy = {name: each for name, each in COMPONENTS.items() if "copy" in each["images"].values()}
    assert images == {image for name, each in by_copy.items() for image in each.get("copied", [name])}


@pytest.mark.parametrize("environment", ["development", "staging", "production"])
def test_the_requests_of_system_pods_fit_on_the_system_nodes(environment):
    system = [each for each in COMPONENTS.values() if each["nodes"] == "system"]
    ours = sum(each["replicas"] * each["requests"]["memory"] for each in system)
    # Where people depend on it, also while one node is away.
    nodes = int(setting("system_nodes")[environment]) - (environment != "development")
    room = MEMORY[setting("system_node_type")[environment]] * (1 - KEPT) - KUBELET - AGENTS
    assert ours + ADDONS_ONCE <= nodes * room

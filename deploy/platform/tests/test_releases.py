"""The releases of every environment: which there are, in which order, and that their values are those of the list."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.charts.release import Release
from deploy.platform import releases as made
from deploy.platform.releases import VALUES, HandoverError, components, releases
from deploy.platform.render import HANDOVERS, KNOWN, handover, of_others, paths, values
from deploy.platform.settings import of_handover

COMPONENTS = components()
FILES = sorted(VALUES.glob("*.yaml"))
# What deploy/edge/traefik_values.py reads by way of the environment's settings.
COMPUTED = {
    "traefik": {"environment", "origin_protocol", "vpc_cidr"},
    "external-dns": {"origin_domain"},
}
OTHERS = list(of_others())


def by_name(environment: str, **different: Any) -> dict[str, Release]:
    found = releases(environment, handover(environment) | different if handover(environment) else {})
    return {release.name: release for release in found}


@pytest.mark.parametrize("environment", HANDOVERS)
def test_an_environment_gets_each_component_that_is_for_it_once_and_in_order(environment: str) -> None:
    found = releases(environment, handover(environment))
    assert [release.wave for release in found] == sorted(release.wave for release in found)
    wanted = {
        name
        for name, each in COMPONENTS.items()
        if "wave" in each
        and environment in each.get("only", [environment])
        and not (environment == "development" and each.get("needs") == "zone_id")
    }
    assert sorted(release.name for release in found) == sorted(wanted)


@pytest.mark.parametrize("name", COMPONENTS)
def test_a_component_is_installed_here_or_elsewhere_or_says_why_not_yet(name: str) -> None:
    component = COMPONENTS[name]
    assert len({"wave", "later"} & set(component)) == (component["chart"] is not None)
    assert len(component.get("later", "a reason of some length")) > 20
    assert set(component.get("only", [])) <= set(HANDOVERS)


def test_definitions_that_a_cluster_may_have_of_its_own_are_not_installed_over_them() -> None:
    """Helm would refuse to, and an undeploy would take away what others use, too."""
    found = by_name("cluster")
    assert found["gateway-api"].unless == "gateway.networking.k8s.io"
    assert found["prometheus-operator-crds"].unless == "monitoring.coreos.com"


def test_what_is_needed_comes_in_an_earlier_wave() -> None:
    wave = {name: each["wave"] for name, each in COMPONENTS.items() if "wave" in each}
    controllers = ("cert-manager", "external-secrets", "karpenter", "aws-load-balancer-controller")
    assert wave["gateway-api"] < wave["platform-base"] < min(wave[name] for name in controllers)
    assert max(wave[name] for name in controllers) < wave["platform"] < wave["traefik"] < 40


@pytest.mark.parametrize("environment", [name for name in HANDOVERS if handover(name)])
def test_pods_that_need_a_node_of_karpenter_come_after_its_pools(environment: str) -> None:
    """Until the NodePools are there, only the system nodes are, which admit nothing else."""
    pools = by_name(environment)["platform"].wave
    early = {each.name for each in releases(environment, handover(environment)) if each.wave <= pools}
    assert {name for name in early if COMPONENTS[name]["nodes"] == "workload" and COMPONENTS[name]["replicas"]} == set()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_file_of_values_belongs_to_a_component_that_is_installed(file: Path) -> None:
    name, *kind = file.name.removesuffix(".yaml").split(".")
    assert "wave" in COMPONENTS[name]
    assert set(kind) <= {"aws", "domain", *HANDOVERS}


@pytest.mark.parametrize("name", sorted({file.name.partition(".")[0] for file in FILES}))
def test_a_component_reads_of_the_handover_what_the_list_says(name: str) -> None:
    files = [file for kind in ("aws", "domain", *HANDOVERS) if (file := VALUES / f"{name}.{kind}.yaml").is_file()]
    places = {key for file in files for key in re.findall(r"\$\{([a-z_]+)", file.read_text())}
    assert places | COMPUTED.get(name, set()) == set(COMPONENTS[name]["reads"])


def test_what_the_charts_of_the_project_read_is_what_the_list_says() -> None:
    read: set[str] = set()

    class Recording(dict[str, Any]):
        def __getitem__(self, key: str) -> Any:
            read.add(key)
            return super().__getitem__(key)

    of_handover(Recording(handover("production")))
    listed = {*COMPONENTS["services"]["reads"], *COMPONENTS["edge"]["reads"]} - {"environment"}
    assert read == listed


def test_a_key_that_the_handover_lacks_is_named() -> None:
    lacking = {key: value for key, value in handover("production").items() if key != "karpenter_queue"}
    with pytest.raises(HandoverError, match=r"the handover has no .{karpenter_queue}: apply the layer 50-edge again"):
        releases("production", lacking)


def test_a_place_keeps_the_type_of_what_stands_in_it() -> None:
    handed = {"ports": [1, 2], "caches": {"quay.io": "cache"}}
    given = {"all": "${ports}", "image": "${caches.quay.io}/name", "plain": True}
    assert made.filled(given, handed) == {"all": [1, 2], "image": "cache/name", "plain": True}


def test_without_a_domain_nobody_asks_for_names_or_certificates() -> None:
    found = by_name("development")
    assert not {"cert-manager", "external-dns"} & set(found)
    assert "issuer" not in found["platform"].values
    assert values(found["traefik"])["ports"]["websecure"]["http"]["tls"] == {"enabled": False}
    named = by_name("development", zone_id="Z1", origin_protocol="https")
    assert {"cert-manager", "external-dns"} <= set(named)
    assert "staging" in values(named["platform"])["acme_server"]
    assert "acme_server" not in values(by_name("production")["platform"])


def test_records_of_production_are_never_taken_away() -> None:
    policies = {name: values(by_name(name)["external-dns"])["policy"] for name in ("staging", "production")}
    assert policies == {"staging": "sync", "production": "upsert-only"}
    assert values(by_name("production")["external-dns"])["txtOwnerId"] == "mercat-production"


@pytest.mark.parametrize(("environment", "release"), OTHERS, ids=[f"{env}, {one.name}" for env, one in OTHERS])
def test_values_are_those_that_the_chart_of_this_version_has(environment: str, release: Release) -> None:
    """As seen by deploy/platform/render.py, which also renders them: `--write` after a change or a newer version."""
    known = yaml.safe_load(KNOWN.read_text())[release.name]
    assert known["version"] == release.version
    assert set(paths(values(release))) <= set(known["values"])


def test_the_charts_that_nobody_could_render_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    known = yaml.safe_load(KNOWN.read_text())
    later = sorted(name for name, each in COMPONENTS.items() if "later" in each)
    assert {release.name for _, release in OTHERS} == set(known)
    text = (VALUES.parent / "README.md").read_text()
    assert all(f"`{name}`" in text for name in later)
    with capsys.disabled():
        print(f"\nnot rendered, as not installed yet: {', '.join(later) or 'none'}")

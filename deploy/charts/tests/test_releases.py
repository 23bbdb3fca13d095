"""Every service in every environment, with each switch: valid for each Kubernetes, and within the policies."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.charts import values_schema
from deploy.charts.policies import complaints, of_kind
from deploy.charts.tests.releases import ENVIRONMENTS, SERVICES, every, release
from deploy.charts.validation import invalid

CASES = list(every())


def test_there_are_four_services_and_four_environments() -> None:
    assert {path.parent.name for path in SERVICES} >= {"identity", "catalog", "orders", "payments"}
    assert {path.stem for path in ENVIRONMENTS} == {"development", "staging", "production", "cluster"}


@pytest.mark.parametrize(
    ("service", "environment", "switches"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_a_release_is_valid_and_keeps_the_policies(service: Path, environment: Path, switches: tuple[str, ...]) -> None:
    objects = release(service, environment, *switches)
    assert invalid(objects) == []
    assert complaints(objects) == []


@pytest.mark.parametrize("service", SERVICES, ids=lambda path: path.parent.name)
def test_switches_choose_which_kinds_there_are(service: Path) -> None:
    production = next(path for path in ENVIRONMENTS if path.stem == "production")
    kinds = {each["kind"] for each in release(service, production)}
    assert {"HTTPRoute", "ExternalSecret", "ServiceMonitor", "PodDisruptionBudget"} <= kinds
    assert not kinds & {"Ingress", "Secret"}
    ingress = release(service, production, "edge.kind=ingress", "edge.ingress_class=traefik")
    assert of_kind(ingress, "Ingress")
    assert not of_kind(ingress, "HTTPRoute")
    assert not of_kind(release(service, production, "monitoring.enabled=false"), "ServiceMonitor")
    assert not of_kind(release(service, production, "replicas.most=1"), "PodDisruptionBudget")


@pytest.mark.parametrize("service", SERVICES, ids=lambda path: path.parent.name)
def test_a_pod_says_which_image_it_runs(service: Path) -> None:
    for environment in ENVIRONMENTS:
        (deployment,) = of_kind(release(service, environment), "Deployment")
        (container,) = deployment["spec"]["template"]["spec"]["containers"]
        assert container["image"].endswith("@sha256:" + "a" * 64)
        assert {"name": "MERCAT_VERSION", "value": "a" * 12} in container["env"]


def test_the_schemas_of_values_are_made_of_those_of_their_files() -> None:
    assert values_schema.stale() == {}
    assert all(values_schema.values_schema(chart)["additionalProperties"] is False for chart in values_schema.OTHERS)

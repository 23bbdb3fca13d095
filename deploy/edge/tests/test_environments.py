"""The edge of each environment with its handover: with a domain and without, its load balancer, and who may talk."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from deploy.charts import helm, network
from deploy.charts.policies import of_kind
from deploy.charts.tests.releases import DIGEST, ENVIRONMENTS
from deploy.charts.validation import invalid
from deploy.edge import rendered
from deploy.platform.render import HANDOVERS, handover
from deploy.platform.settings import settings

TRAEFIK = ("edge", {"app.kubernetes.io/name": "traefik"})
SERVICE = ("mercat", {"app.kubernetes.io/name": "orders", "app.kubernetes.io/component": "service"})
ON_AWS = [name for name in HANDOVERS if handover(name)]


def edge(environment: str, folder: Path, **different: Any) -> helm.Objects:
    """The objects, as `make deploy` gets them: from the environment's file with what the handover knows better."""
    values = settings(environment, handover(environment))
    values["edge"] |= different
    file = folder / "environment.yaml"
    file.write_text(json.dumps(values))
    return rendered.edge(file, [DIGEST])


@pytest.mark.parametrize("environment", ON_AWS)
def test_traefik_is_in_the_target_group_and_the_listener_speaks_what_cloudfront_does(
    environment: str, tmp_path: Path
) -> None:
    objects, handed = edge(environment, tmp_path), handover(environment)
    assert invalid(objects) == []
    (binding,) = of_kind(objects, "TargetGroupBinding")
    assert binding["metadata"]["namespace"] == "edge"
    assert binding["spec"] == {
        "targetGroupARN": handed["target_group_arn"],
        "targetType": "ip",
        "serviceRef": {"name": "traefik", "port": 443},
    }
    (gateway,) = of_kind(objects, "Gateway")
    (listener,) = gateway["spec"]["listeners"]
    assert (listener["hostname"], listener["port"]) == (handed["origin_domain"], 8443)
    assert listener["protocol"] == handed["origin_protocol"].upper()


def test_without_a_domain_there_is_no_tls_and_no_certificate(tmp_path: Path) -> None:
    objects = edge("development", tmp_path)
    kinds = {each["kind"] for each in objects}
    assert {"Gateway", "IngressRoute", "Middleware"} <= kinds
    assert not {"Certificate", "TLSOption", "TLSStore"} & kinds
    (refused,) = of_kind(objects, "IngressRoute")
    assert "tls" not in refused["spec"]
    assert {"Certificate", "TLSOption", "TLSStore"} <= {each["kind"] for each in edge("production", tmp_path)}


def test_an_ingress_without_a_certificate_is_refused(tmp_path: Path) -> None:
    with pytest.raises(helm.HelmError, match=r"edge\.protocol is http: only a Gateway"):
        edge("development", tmp_path, kind="ingress")


@pytest.mark.parametrize("environment", HANDOVERS)
def test_settings_with_the_handover_are_of_the_environments_form(environment: str) -> None:
    schema = json.loads((helm.CHART.parent / "environment.schema.json").read_text())
    known = {**schema, "additionalProperties": False}
    assert not list(Draft202012Validator(known).iter_errors(settings(environment, handover(environment))))


@pytest.mark.parametrize("environment", HANDOVERS)
def test_in_the_namespace_of_traefik_only_traefik_talks(environment: str, tmp_path: Path) -> None:
    policies = of_kind(edge(environment, tmp_path), "NetworkPolicy")
    stranger = ("edge", {"app.kubernetes.io/name": "stranger"})
    page = ("mercat", {"app.kubernetes.io/name": "error-page"})
    prometheus = ("monitoring", {"app.kubernetes.io/name": "prometheus"})
    assert network.allowed(policies, TRAEFIK, page, 8000)
    assert network.allowed(policies, prometheus, TRAEFIK, 9100)
    assert not network.allowed(policies, stranger, page, 8000)
    assert not network.allowed(policies, stranger, ("elsewhere", {}), 443)
    assert not network.allowed(policies, SERVICE, TRAEFIK, 8443)
    assert not network.allowed(policies, TRAEFIK, ("data", {}), 5432)
    (own,) = [each for each in policies if each["metadata"]["name"] == "traefik"]
    requests, _metrics = own["spec"]["ingress"]
    asks = {peer["ipBlock"]["cidr"] for peer in requests["from"]}
    wanted = handover(environment)
    assert asks == ({wanted["vpc_cidr"]} if wanted else {"10.0.0.0/8", "0.0.0.0/0"})


def test_every_environment_is_looked_at() -> None:
    assert set(HANDOVERS) == {path.stem for path in ENVIRONMENTS}

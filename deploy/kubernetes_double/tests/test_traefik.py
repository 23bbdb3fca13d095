"""The real Traefik follows the objects of the small Kubernetes API, and writes their status."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import httpx
import pytest

from chassis.testing.servers import child_process, free_port
from chassis.testing.waiting import wait_until
from deploy.kubernetes_double import Key, KubernetesApi, Object, endpoint_slice
from mercat.config import environment
from mercat.tests.servers import serving


def objects(port: int) -> list[Object]:
    gateway = "gateway.networking.k8s.io/v1"
    return [
        {
            "apiVersion": gateway,
            "kind": "GatewayClass",
            "metadata": {"name": "traefik"},
            "spec": {"controllerName": "traefik.io/gateway-controller"},
        },
        {
            "apiVersion": gateway,
            "kind": "Gateway",
            "metadata": {"name": "shop"},
            "spec": {"gatewayClassName": "traefik", "listeners": [{"name": "web", "protocol": "HTTP", "port": port}]},
        },
        {
            "apiVersion": gateway,
            "kind": "HTTPRoute",
            "metadata": {"name": "catalog"},
            "spec": {
                "parentRefs": [{"name": "shop"}],
                "rules": [
                    {
                        "matches": [{"path": {"type": "PathPrefix", "value": "/api"}}],
                        "backendRefs": [{"name": "catalog", "port": 80}],
                    }
                ],
            },
        },
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "catalog"},
            "spec": {
                "clusterIP": "10.0.0.1",
                "ports": [{"name": "http", "port": 80, "targetPort": "http", "protocol": "TCP"}],
            },
        },
    ]


@contextmanager
def traefik(api: KubernetesApi, port: int) -> Iterator[None]:
    provider = "--providers.kubernetesgateway"
    command = [
        str(environment.venv_program("traefik")),
        f"{provider}.endpoint={api.url}",
        f"{provider}.token=none",
        f"--entrypoints.web.address=127.0.0.1:{port}",
        "--global.checknewversion=false",
        "--providers.providersthrottleduration=50ms",
        "--log.level=ERROR",
    ]
    with child_process(command):
        yield


def servers(port: int) -> set[str | int]:
    """What some requests were answered by: names of servers, or statuses."""
    found: set[str | int] = set()
    with suppress(httpx.HTTPError):
        for _ in range(4):
            answer = httpx.get(f"http://127.0.0.1:{port}/api")
            found.add(answer.json()["server"] if answer.status_code == 200 else answer.status_code)
    return found


@pytest.fixture
def api() -> Iterator[KubernetesApi]:
    with KubernetesApi() as api:
        yield api


def test_traefik_follows_changes_and_writes_a_status(api: KubernetesApi) -> None:
    port, pods = free_port(), free_port()
    one, other = "127.0.0.2", "127.0.0.3"
    api.apply([*objects(port), endpoint_slice("catalog", pods)])
    with (
        traefik(api, port),
        serving("one", pods, address=one),
        serving("other", pods, address=other),
    ):
        wait_until(lambda: servers(port) == {503}, what="a route without pods")
        api.apply([endpoint_slice("catalog", pods, [one])])
        wait_until(lambda: servers(port) == {"one"}, what="the first pod")
        api.apply([endpoint_slice("catalog", pods, [one, other])])
        wait_until(lambda: servers(port) == {"one", "other"}, what="both pods")
        api.apply([endpoint_slice("catalog", pods, [other], ending=[one])])
        wait_until(lambda: servers(port) == {"other"}, what="the end of the first pod")
        (parent,) = api.find("HTTPRoute", "catalog")["status"]["parents"]
        assert {each["type"]: each["status"] for each in parent["conditions"]}["Accepted"] == "True"
        api.delete(objects(port)[2])
        wait_until(lambda: servers(port) == {404}, what="the end of the route")


def test_what_happens_between_a_list_and_its_watch_is_not_lost(api: KubernetesApi) -> None:
    services = Key("v1", "Service", "", "")
    version, found = api.listed(services)
    assert found == []
    api.apply(objects(1))
    changed = api.changes(version, services)
    assert changed is not None
    assert [(each["type"], each["object"]["metadata"]["name"]) for each in changed[1]] == [("ADDED", "catalog")]

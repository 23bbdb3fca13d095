"""The edge of the cluster on this machine: the real Traefik, and the rendered objects in a small Kubernetes API."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from chassis.testing.servers import answers, child_process, free_port
from chassis.testing.waiting import wait_until
from deploy.drills.rendered import DIGEST
from deploy.edge import rendered as releases
from deploy.edge.tests.edges import arguments, certificate_secret
from deploy.kubernetes_double import KubernetesApi, endpoint_slice
from mercat.edge import certificates


@contextmanager
def running(api: KubernetesApi, environment: Path) -> Iterator[str]:
    """Its https address, once Traefik listens. What else it is to route, `api` has."""
    settings = yaml.safe_load(environment.read_text(encoding="utf-8"))
    web, secure = free_port(), free_port()
    api.apply(_objects(environment, settings["edge"], secure))
    log = environment.with_name("traefik.log")
    with log.open("wb") as output, child_process(arguments(api, settings, web, secure), stdout=output, stderr=output):
        wait_until(lambda: answers(secure), what="Traefik")
        yield f"https://127.0.0.1:{secure}"


def _objects(environment: Path, edge: dict[str, Any], port: int) -> Iterator[dict[str, Any]]:
    """The edge's objects at a free port, and what other parts of a cluster add to them."""
    for each in releases.edge(environment, [DIGEST]):
        made = copy.deepcopy(each)
        for listener in made["spec"].get("listeners", []) if made["kind"] == "Gateway" else []:
            listener["port"] = port
        yield made
    for name in (releases.NAMESPACE, edge["namespace"]):
        labels = {"kubernetes.io/metadata.name": name}
        yield {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}
    yield endpoint_slice("error-page", port, [], namespace=releases.NAMESPACE)
    certificates.ensure(environment.parent)
    yield certificate_secret(environment.parent, edge)

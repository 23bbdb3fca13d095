"""The two edges, each a real Traefik before the same services: that of a laptop, and that of a cluster.

The cluster's gets the rendered objects of production from the small Kubernetes API, and the arguments of the values for
Traefik's chart. Different from production are addresses and ports, the flood limit, and the one address of the load
balancer that it trusts. Catalog, orders and pages answer; identity has a replica that is gone, the others have none.
"""

from __future__ import annotations

import base64
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from chassis.testing.servers import child_process, free_port
from chassis.testing.waiting import wait_until
from deploy.charts import helm
from deploy.charts.tests.releases import DIGEST, SERVICES, fields
from deploy.edge import rendered, traefik_values
from deploy.edge.tests.upstream import Upstream, upstream
from deploy.kubernetes_double import KubernetesApi, Object, endpoint_slice
from local_servers import child
from mercat.config import environment, services
from mercat.edge import certificates, error_page, traefik
from mercat.installation import Installation
from mercat.installation import installation as installations
from mercat.tests.servers import free_ports, serving

PRODUCTION = helm.ENVIRONMENTS / "production.yaml"
BALANCER = "127.0.0.1"
POD = "127.0.0.2"
FLOOD = 12


@dataclass(frozen=True)
class Edge:
    """Where it listens, under which name, with which services behind it, and its log."""

    name: str
    host: str
    https: int
    http: int
    services: dict[str, Upstream]
    log: Path
    protocol: str = "https"


@contextmanager
def laptop(folder: Path) -> Iterator[Edge]:
    """The Traefik of `make up` with a public name."""
    ports = dict(zip(installations.PORTS, free_ports(len(installations.PORTS)), strict=True))
    settings = {"PATH": os.environ["PATH"], "PUBLIC_URL": "https://shop.example"}
    installation = Installation(root=folder / "project", state=folder / "state", user_settings=settings)
    installation.make_folders()
    specs = {path.parent.name: {**fields(path), "port": free_port()} for path in SERVICES}
    for name, spec in specs.items():
        own = installation.root / "services" / name
        own.mkdir(parents=True)
        (own / "service.yaml").write_text(yaml.safe_dump(spec))
        (own / "app.py").touch()
    with ExitStack() as stack, (folder / "traefik.log").open("wb") as log:
        stack.enter_context(pytest.MonkeyPatch.context()).setattr(installations, "PORTS", ports)
        certificates.ensure(installation.certificates)
        traefik.write_configuration(installation, services.discover(installation.root))
        # A service of one replica is checked every 30 s, for the first time after so long.
        routes = installation.run / "routes.yml"
        routes.write_text(routes.read_text().replace('"interval": "30s"', '"interval": "200ms"'))
        stack.enter_context(serving("error page", ports["error_page"], error_page.ErrorPageHandler))
        at = {"portal": ports["portal"], **{name: specs[name]["port"] for name in ANSWERING}}
        behind = {name: stack.enter_context(upstream(name, "127.0.0.1", port)) for name, port in at.items()}
        command = child.command(traefik.command(installation))
        stack.enter_context(child_process(command, stop=signal.SIGKILL, stdout=log, stderr=log))
        yield _ready(Edge("laptop", "shop.example", ports["https"], ports["http"], behind, folder / "traefik.log"))


ANSWERING = ("catalog", "orders", "pages")


@contextmanager
def cluster(folder: Path, **different: str) -> Iterator[Edge]:
    """The Traefik of production, with its objects; `different` are values of the environment's `edge`."""
    web, websecure, pods, gone, errors = (free_port() for _ in range(5))
    settings = fields(PRODUCTION)
    settings["edge"] |= {"trusted_proxies": [f"{BALANCER}/32"], "burst": FLOOD, "requests_per_minute": 1, **different}
    own = folder / "environment.yaml"
    own.write_text(yaml.safe_dump(settings))
    objects = [
        *rendered.edge(own, [DIGEST]),
        *(each for path in SERVICES for each in rendered.service(path, own, [DIGEST])),
    ]
    certificates.ensure(folder)
    with ExitStack() as stack, (folder / "traefik.log").open("wb") as log:
        api = stack.enter_context(KubernetesApi())
        api.apply(_as_stored(objects, websecure))
        api.apply(
            [
                certificate_secret(folder, settings["edge"]),
                endpoint_slice("error-page", errors, [POD], namespace="mercat"),
            ]
        )
        at: dict[str, tuple[int, list[str]]] = {"identity": (gone, [POD]), "payments": (pods, []), "shop": (pods, [])}
        stack.enter_context(serving("error page", errors, error_page.ErrorPageHandler, address=POD))
        behind = {}
        for number, name in enumerate(ANSWERING):
            address = f"127.0.0.{number + 3}"
            behind[name] = stack.enter_context(upstream(name, address, pods))
            at[name] = (pods, [address])
        api.apply(endpoint_slice(name, *where, namespace="mercat") for name, where in at.items())
        command = child.command(arguments(api, settings, web, websecure))
        # Asked to end, it would go on for 35 s: until the load balancer sends it nothing more.
        stack.enter_context(child_process(command, stop=signal.SIGKILL, stdout=log, stderr=log))
        host = settings["edge"]["hosts"][0]
        protocol = different.get("protocol", "https")
        yield _ready(Edge("cluster", host, websecure, web, behind, folder / "traefik.log", protocol))


def arguments(api: KubernetesApi, settings: dict[str, Any], web: int, websecure: int) -> list[str]:
    """The command of the cluster's Traefik: what its chart makes of the values, at free ports of this machine."""
    own = [
        str(environment.venv_program("traefik")),
        f"--entryPoints.web.address={BALANCER}:{web}",
        f"--entryPoints.websecure.address={BALANCER}:{websecure}",
        f"--entryPoints.traefik.address={BALANCER}:{free_port()}",
        f"--entryPoints.metrics.address={BALANCER}:{free_port()}",
        "--providers.kubernetescrd.allowEmptyServices=true",
        "--log.level=WARN",
        "--log.format=json",
    ]
    encrypted = traefik_values.values(settings)["ports"]["websecure"]["http"]["tls"]["enabled"]
    own += ["--entryPoints.websecure.http.tls=true"] if encrypted else []
    ingress = settings["edge"]["kind"] == "ingress"
    own += ["--providers.kubernetesingress.allowEmptyServices=true"] if ingress else []
    for provider in ("kubernetescrd", "kubernetesingress" if ingress else "kubernetesgateway"):
        own += [f"--providers.{provider}.endpoint={api.url}", f"--providers.{provider}.token=none"]
    return own + traefik_values.arguments(settings)


def _as_stored(objects: list[Object], port: int) -> Iterator[Object]:
    """The objects that Traefik reads, with the free port instead of 8443."""
    for each in objects:
        if each["kind"] == "Gateway":
            for listener in each["spec"]["listeners"]:
                listener["port"] = port
        yield each
    for name in ("mercat", "edge"):
        labels = {"kubernetes.io/metadata.name": name}
        yield {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}
    controller = {"controller": "traefik.io/ingress-controller"}
    yield {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "IngressClass",
        "metadata": {"name": "traefik"},
        "spec": controller,
    }


def certificate_secret(folder: Path, edge: dict[str, Any]) -> Object:
    """What cert-manager would write."""
    names = {"tls.crt": "localhost.pem", "tls.key": "localhost.key"}
    data = {name: base64.b64encode((folder / file).read_bytes()).decode() for name, file in names.items()}
    meta = {"name": edge["certificate"], "namespace": edge["namespace"]}
    return {"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls", "metadata": meta, "data": data}


def _ready(edge: Edge) -> Edge:
    expected = {"/cart": {200}} | {
        f"/api/v1/{name}": statuses
        for name, statuses in {"products": {200}, "orders": {200}, "accounts": {502, 503}, "payments": {503}}.items()
    }
    clients = (f"2001:db8:{number:x}::1" for number in count())

    def all_route() -> bool:
        return all(_status(edge, path, next(clients)) in statuses for path, statuses in expected.items())

    wait_until(all_route, what=f"the routes of the {edge.name}")
    return edge


def _status(edge: Edge, path: str, client: str) -> int:
    try:
        headers = {"Host": edge.host, "X-Forwarded-For": client}
        address = f"{edge.protocol}://127.0.0.1:{edge.https}{path}"
        return httpx.get(address, headers=headers, verify=False).status_code  # nosec B501 -- the test's own edge
    except httpx.HTTPError:
        return 0


BOTH: dict[str, Callable[[Path], Any]] = {"laptop": laptop, "cluster": cluster}

"""A stand-in cluster for the tests, and what is installed into it."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from deploy.charts.release import Release
from deploy.kubernetes_double import KubernetesApi
from deploy.kubernetes_double.controllers import Controllers
from deploy.kubernetes_double.server import May
from deploy.kubernetes_double.tests.objects import definition, namespace
from deploy.release import deploying, planned
from deploy.release.cluster import Cluster
from deploy.release.environment import Environment
from deploy.release.installed import installed
from deploy.release.installing import Change, Installer
from deploy.terminal import Terminal

OLD, NEW, NEVER_READY, FAILS_TO_MIGRATE = (f"sha256:{letter * 64}" for letter in "abcd")
CUSTOM = {
    "external-secrets.io/v1": "ExternalSecret",
    "monitoring.coreos.com/v1": "ServiceMonitor",
    "cert-manager.io/v1": "Certificate",
}


@dataclass
class Standing:
    """The stand-in, what is said, and helm and kubectl set to it."""

    api: KubernetesApi
    cluster: Cluster
    place: Path
    said: io.StringIO

    @property
    def terminal(self) -> Terminal:
        return Terminal(Console(file=self.said, width=200, highlight=False))

    every: float = 5.0

    def installer(self) -> Installer:
        return Installer(self.cluster, self.terminal, self.place, 60, self.every)

    def deploy(self, releases: list[Release], smoke: Any = lambda: None) -> list[Change]:
        return deploying.deploy(self.installer(), releases, installed(self.cluster), smoke)

    def runs(self, name: str) -> str:
        """The image of a Deployment of the services."""
        deployment = self.api.find("Deployment", name, planned.NAMESPACE)
        return deployment["spec"]["template"]["spec"]["containers"][0]["image"].rpartition("@")[2]

    def revisions(self) -> dict[str, list[tuple[int, str]]]:
        return {name: [(each.number, each.status) for each in found] for name, found in installed(self.cluster).items()}


def kubeconfig(file: Path, url: str, **cluster: str) -> Path:
    user = {"name": "me", "user": {"token": "none"}}
    context = {"name": "here", "context": {"cluster": "here", "user": "me"}}
    clusters = [{"name": "here", "cluster": {"server": url, **cluster}}]
    config = {"clusters": clusters, "users": [user], "contexts": [context], "current-context": "here"}
    file.write_text(json.dumps({"apiVersion": "v1", "kind": "Config", **config}))
    return file


@contextmanager
def standing(folder: Path, monkeypatch: Any, *, may: May = lambda *_: True, **controllers: Any) -> Iterator[Standing]:
    spaces = [namespace("mercat"), namespace("edge")]
    for each in spaces:
        each["metadata"] |= planned.OWNER
    objects = [*spaces, *(definition(*each) for each in CUSTOM.items())]
    controllers = {"unready": lambda each: NEVER_READY in json.dumps(each["spec"]), **controllers}
    controllers = {"failing": lambda each: FAILS_TO_MIGRATE in json.dumps(each["spec"]), **controllers}
    with KubernetesApi(objects, may=may) as api, Controllers(api, log="column does not exist", **controllers):
        monkeypatch.setenv("KUBECONFIG", str(kubeconfig(folder / "kubeconfig", api.url)))
        yield Standing(api, Cluster("here"), folder, io.StringIO())


def services(digest: str, *names: str) -> list[Release]:
    """Of production, with the real charts."""
    chosen = planned.releases(Environment("production", {}, digest=digest), names[0]) if len(names) == 1 else []
    return chosen or [each for each in _all(digest) if each.name in names]


def _all(digest: str) -> list[Release]:
    return [release for name in planned.names() for release in services(digest, name)]

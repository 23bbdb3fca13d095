"""What helm has installed: the revisions of releases, as helm keeps them in Secrets of their namespace."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from deploy.charts.release import Release
from deploy.release.cluster import Cluster, Object

_SELECTOR = "owner=helm"


@dataclass(frozen=True)
class Revision:
    """One revision of a release. manifest: its objects as YAML; hooks: likewise, those that run around it."""

    name: str
    namespace: str
    number: int
    status: str
    description: str
    manifest: str
    hooks: tuple[str, ...]
    values: Mapping[str, Any]

    @property
    def secret(self) -> str:
        """The Secret that helm keeps it in."""
        return f"sh.helm.release.v1.{self.name}.v{self.number}"

    @property
    def pending(self) -> bool:
        """Whether helm was ended, or is at work: only a lock tells which."""
        return self.status.startswith("pending-")

    @property
    def content(self) -> tuple[str, tuple[str, ...], Mapping[str, Any]]:
        """What makes one revision another."""
        return self.manifest, self.hooks, self.values

    def objects(self) -> list[Object]:
        """The objects of the release, and those of its hooks."""
        texts = [self.manifest, *self.hooks]
        found = [each for text in texts for each in yaml.safe_load_all(text) if each]
        for each in found:
            each["metadata"].setdefault("namespace", self.namespace)
        return found


Installed = dict[str, list[Revision]]


def installed(cluster: Cluster, namespaces: Sequence[str] | None = None) -> Installed:
    """The revisions of each release by its name, the oldest first; in some namespaces, or all."""
    found: Installed = {}
    for namespace in namespaces if namespaces is not None else [None]:
        for secret in cluster.objects(["secrets"], namespace, _SELECTOR):
            raw = gzip.decompress(base64.b64decode(base64.b64decode(secret["data"]["release"])))
            revision = read(json.loads(raw))
            found.setdefault(revision.name, []).append(revision)
    return {name: sorted(revisions, key=lambda each: each.number) for name, revisions in found.items()}


def read(release: Mapping[str, Any]) -> Revision:
    """A revision of helm's own document."""
    hooks = sorted(release.get("hooks") or [], key=lambda hook: str(hook["path"]) + hook["kind"] + hook["name"])
    return Revision(
        name=release["name"],
        namespace=release["namespace"],
        number=release["version"],
        status=release["info"]["status"],
        description=release["info"].get("description", ""),
        manifest=release.get("manifest", ""),
        hooks=tuple(hook["manifest"] for hook in hooks),
        values=release.get("config") or {},
    )


def of(found: Installed, release: Release) -> list[Revision]:
    """The revisions of a release; somebody else's of the same name is in another namespace."""
    return [each for each in found.get(release.name, []) if each.namespace == release.namespace]


def good(revisions: Sequence[Revision]) -> Revision | None:
    """The one that runs, or that helm would go back to: the last that was deployed."""
    return next((each for each in reversed(revisions) if each.status == "deployed"), None)

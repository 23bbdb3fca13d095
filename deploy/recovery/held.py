"""Who holds each object of a cluster: git, the store of secrets, or a backup; and what nobody holds.

An object that is rendered is in git, but for the content of a Secret, which the operator's values file holds where
there is one (secrets.kind: plain). What controllers make of it, Secrets and volumes, is held as decisions.yaml says;
where that is a backup, one must be there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from deploy.charts.policies import Object, of_kind
from deploy.platform.releases import components

GIT, STORE, BACKUP = "git", "store", "backup"
DECISIONS = Path(__file__).resolve().parent / "decisions.yaml"
_LEFT_OUT = "velero.io/exclude-from-backup"


@dataclass(frozen=True)
class Held:
    """An object, rendered or made, and who holds it; by: empty where nobody does."""

    kind: str
    namespace: str
    name: str
    by: str
    why: str


def decisions() -> dict[str, Any]:
    """The rows of decisions.yaml."""
    found: dict[str, Any] = yaml.safe_load(DECISIONS.read_text(encoding="utf-8"))
    return found


def held(objects: list[Object], decided: Mapping[str, Any], *, plain: bool) -> list[Held]:
    """Every object and all that is made of it. plain: Secrets come of a values file that is kept outside."""
    return [each for one in objects for each in (_rendered(one, plain=plain), *_made(one, objects, decided["made"]))]


def by_others(environment: str, decided: Mapping[str, Any]) -> list[Held]:
    """What the charts of others make in an environment."""
    found = []
    for name, component in components().items():
        if "wave" not in component or environment not in component.get("only", [environment]):
            continue
        if str(component["chart"]).startswith("deploy/"):
            continue
        if name not in decided["components"]:
            found.append(Held("component", component["namespace"], name, "", "nobody has said what it makes"))
            continue
        rows = decided["components"][name].items()
        found += [Held("Secret", component["namespace"], secret, row["by"], row["why"]) for secret, row in rows]
    return found


def _rendered(each: Object, *, plain: bool) -> Held:
    metadata, by, why = each["metadata"], GIT, "rendered"
    if each["kind"] == "Secret":
        by, why = (STORE, "the values file") if plain else ("", "a Secret is rendered, and no values file holds it")
    return Held(each["kind"], metadata.get("namespace", ""), metadata["name"], by, why)


def _made(each: Object, objects: list[Object], decided: Mapping[str, Any]) -> Iterator[Held]:
    for kind, what, name in _names(each):
        row = decided.get(f"{each['kind']}/{what}", {"by": "", "why": "nobody has decided who holds it"})
        by = row["by"] if row["by"] != BACKUP or _backed_up(each, objects) else ""
        why = row["why"] if by else row["why"] + ", and no such backup is there" * (row["by"] == BACKUP)
        # cert-manager keeps what is the whole cluster's in its own namespace.
        namespace = "cert-manager" if each["kind"] == "ClusterIssuer" else each["metadata"].get("namespace", "")
        yield Held(kind, namespace, name, by, why)


def _names(each: Object) -> Iterator[tuple[str, str, str]]:
    """(kind, what it is, name) of Secrets and volumes that come of an object."""
    name, spec = each["metadata"]["name"], each.get("spec", {})
    if each["kind"] == "Cluster":
        yield from (("Secret", what, f"{name}-{what}") for what in _secrets_of(spec))
        for number in range(1, spec["instances"] + 1):
            yield "PersistentVolumeClaim", "volume", f"{name}-{number}"
    elif each["kind"] == "StatefulSet":
        for claim in spec.get("volumeClaimTemplates", []):
            yield "PersistentVolumeClaim", "volume", f"{claim['metadata']['name']}-{name}"
    elif each["kind"] == "PersistentVolumeClaim":
        yield "PersistentVolume", "volume", name
    elif each["kind"] == "Certificate":
        yield "Secret", "secret", spec["secretName"]
    elif each["kind"] == "ClusterIssuer" and "acme" in spec:
        yield "Secret", "account", spec["acme"]["privateKeySecretRef"]["name"]
    elif each["kind"] == "ExternalSecret":
        yield "Secret", "secret", spec["target"]["name"]


def _secrets_of(spec: Mapping[str, Any]) -> list[str]:
    """What CloudNativePG makes for itself, and the two that it makes when none is given."""
    (start,) = spec["bootstrap"].values()
    superuser = spec.get("enableSuperuserAccess", False) and "superuserSecret" not in spec
    return ["ca", "server", "replication", *["superuser"] * superuser, *["app"] * ("secret" not in start)]


def _backed_up(each: Object, objects: list[Object]) -> bool:
    if each["kind"] == "Cluster":
        return _archived(each, objects)
    labels = each["metadata"].get("labels", {})
    return labels.get(_LEFT_OUT) != "true" and any(
        _keeps(schedule["spec"], each["metadata"].get("namespace", "")) and _place(schedule["spec"], objects)
        for schedule in of_kind(objects, "Schedule")
    )


def _archived(cluster: Object, objects: list[Object]) -> bool:
    """WAL goes to a bucket that is there, and base backups are made."""
    stores = {each["metadata"]["name"] for each in of_kind(objects, "ObjectStore")}
    archivers = [each for each in cluster["spec"].get("plugins", []) if each.get("isWALArchiver")]
    return any(each["parameters"]["barmanObjectName"] in stores for each in archivers) and any(
        each["spec"]["cluster"]["name"] == cluster["metadata"]["name"] and each["spec"]["method"] == "plugin"
        for each in of_kind(objects, "ScheduledBackup")
    )


def _keeps(schedule: Mapping[str, Any], namespace: str) -> bool:
    template = schedule["template"]
    left_out = {"persistentvolumeclaims", "persistentvolumes"} & set(template["excludedNamespaceScopedResources"])
    return template.get("snapshotMoveData", False) and namespace in template["includedNamespaces"] and not left_out


def _place(schedule: Mapping[str, Any], objects: list[Object]) -> bool:
    places = {each["metadata"]["name"] for each in of_kind(objects, "BackupStorageLocation")}
    return schedule["template"]["storageLocation"] in places

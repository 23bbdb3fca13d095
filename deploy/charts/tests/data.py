"""The releases of a cluster without AWS that the tests look at: its data, and what is backed up of it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import yaml

from deploy.charts import helm

CHARTS = helm.CHART.parent
CLUSTER = helm.ENVIRONMENTS / "cluster.yaml"
IMAGES = helm.ROOT / "deploy" / "platform" / "values" / "data.yaml"
KEPT = ("administrator_password", "valkey_password", "backup_access_key", "backup_secret_key")
SECRETS = {"secrets": {"files": {"data": {name: f"of-{name}" for name in KEPT}}}}
BUCKET = {"backup": {"bucket": "backups", "endpoint": "http://store.example:9000"}}


def data(*values: dict[str, Any], chart: Path = CHARTS / "data") -> helm.Objects:
    """The objects of deploy/charts/data; later values go over earlier ones."""
    return _rendered("data", "data", chart, [CLUSTER, IMAGES], values)


def backup(*values: dict[str, Any], environment: Path = CLUSTER, chart: Path = CHARTS / "backup") -> helm.Objects:
    """The objects of deploy/charts/backup."""
    return _rendered("backup", "velero", chart, [environment], values)


def _rendered(
    name: str, namespace: str, chart: Path, files: list[Path], values: tuple[dict[str, Any], ...]
) -> helm.Objects:
    with tempfile.TemporaryDirectory() as folder:
        for number, each in enumerate((SECRETS, *values)):
            file = Path(folder) / f"{number}.yaml"
            file.write_text(yaml.safe_dump(each), encoding="utf-8")
            files = [*files, file]
        objects = helm.render(files, release=name, chart=chart, namespace=namespace)
    return [{**each, "metadata": {"namespace": namespace, **each["metadata"]}} for each in objects]


def one(objects: helm.Objects, kind: str, name: str = "") -> dict[str, Any]:
    """The object of this kind, and of this name where there are several."""
    (found,) = (each for each in objects if each["kind"] == kind and name in {"", each["metadata"]["name"]})
    return found

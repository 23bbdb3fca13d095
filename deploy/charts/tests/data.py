"""The releases of a cluster without AWS that the tests look at: its data, and what is backed up of it."""

from __future__ import annotations

import json
from functools import cache, reduce
from pathlib import Path
from typing import Any

from deploy.charts import helm
from deploy.platform.settings import merged

CHARTS = helm.CHART.parent
CLUSTER = helm.ENVIRONMENTS / "cluster.yaml"
IMAGES = helm.ROOT / "deploy" / "platform" / "values" / "data.yaml"
_KEPT = (
    "administrator_password",
    "valkey_password",
    "valkey_monitor_password",
    "backup_access_key",
    "backup_secret_key",
)
SECRETS = {"secrets": {"files": {"data": {name: f"of-{name}" for name in _KEPT}}}}
BUCKET = {"backup": {"bucket": "backups", "endpoint": "http://store.example:9000"}}


def data(*values: dict[str, Any]) -> helm.Objects:
    """The objects of deploy/charts/data; later values go over earlier ones."""
    return _rendered("data", "data", (CLUSTER, IMAGES), json.dumps((SECRETS, *values)))


def backup(*values: dict[str, Any], environment: Path = CLUSTER) -> helm.Objects:
    """The objects of deploy/charts/backup."""
    return _rendered("backup", "velero", (environment,), json.dumps((SECRETS, *values)))


@cache
def _rendered(name: str, namespace: str, files: tuple[Path, ...], values: str) -> helm.Objects:
    over = reduce(merged, json.loads(values))
    objects = helm.render(files, release=name, chart=CHARTS / name, over=over, namespace=namespace)
    return [{**each, "metadata": {"namespace": namespace, **each["metadata"]}} for each in objects]


def one(objects: helm.Objects, kind: str, name: str = "") -> dict[str, Any]:
    """The object of this kind, and of this name where there are several."""
    (found,) = (each for each in objects if each["kind"] == kind and name in {"", each["metadata"]["name"]})
    return found

"""The releases of the databases: their roles (wave 50), and the check of their books (wave 70)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from deploy.charts import helm
from deploy.charts.release import Release

CHART = helm.CHART.parent / "database"
_WAVES = {"roles": ("database-roles", 50), "books": ("books", 70)}


def services() -> list[str]:
    """The services that have a database."""
    files = sorted(helm.ROOT.glob("services/*/service.yaml"))
    specs = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in files]
    return [spec["name"] for spec in specs if spec["database"]]


def releases(environment: str, handover: Mapping[str, Any]) -> list[Release]:
    """Both, for an environment; `image.digest` is given to all releases of our image."""
    file = helm.ENVIRONMENTS / f"{environment}.yaml"
    values = {"services": services(), "database_host": handover.get("database_host", "")}
    return [
        Release(name, CHART, "mercat", wave, files=(file,), values={**values, "task": task})
        for task, (name, wave) in _WAVES.items()
    ]

"""All rules: as groups, for a PrometheusRule in a cluster, and as the files that Prometheus loads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from deploy.observability.rules import alerts, burn
from deploy.observability.rules.objectives import ROOT, objectives, specs

FOLDER = Path(__file__).parent
_HEAD = (
    "# Compiled by `python -m deploy.observability.rules`: change what it is made of, deploy/observability/README.md.\n"
)


def groups(root: Path = ROOT) -> dict[str, list[dict[str, Any]]]:
    """The groups of rules by the name of their file, without its ending; services are those of root/services."""
    services = specs(root)
    found = {"slo": burn.groups(objectives(services))}
    found |= {path.stem: alerts.groups(path) for path in sorted(alerts.SOURCES.glob("*.yaml"))}
    names = alerts.own_metrics(group for each in found.values() for group in each)
    found["missing"] = alerts.metrics_missing(services, names)
    return {name: alerts.with_runbooks(each) for name, each in found.items()}


def files(root: Path = ROOT) -> dict[str, str]:
    """The text of each file of rules by its name."""
    return {
        f"{name}.yaml": _HEAD + yaml.safe_dump({"groups": each}, sort_keys=False, width=10_000)
        for name, each in groups(root).items()
    }

"""How many connections the services may open to their database server, and how many it takes.

`python -m deploy.charts.connections --write` writes the table of docs/kubernetes/connections.md; a test compares it and
refuses an environment that does not fit.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from chassis.config import Settings
from chassis.db.roles import AUDITOR_CONNECTIONS
from deploy.charts import helm

PAGE = helm.ROOT / "docs" / "kubernetes" / "connections.md"
_BEGIN, _END = "<!-- table -->\n", "<!-- end of the table -->\n"
_TERRAFORM = helm.ROOT / "deploy" / "terraform" / "settings" / "environments.tf"
# A process listens by one connection, outside its pools.
LISTENING = 1
# A rollout replaces every replica; up to as many old ones are ending, and keep their pools until they have.
GENERATIONS = 2
MIGRATION, ROLES = 1, 2
# People, exporters, and what PostgreSQL and RDS keep for themselves.
RESERVE = 25
# GiB of a class's `large`, and how many times that a size is (modules/database/alarms.tf).
_MEMORY = {"t": 8, "m": 8, "c": 4, "r": 16, "x": 32}
_SIZES = {"micro": 0.125, "small": 0.25, "medium": 0.5, "large": 1, "xlarge": 2}
# RDS computes its limit from what it leaves the database of the class's memory.
_LEFT_BY_RDS = 0.9


@dataclass(frozen=True)
class Budget:
    """Connections at the most replicas, and in a rollout of them with all jobs beside it; and what the server takes."""

    environment: str
    server: str
    replicas: int
    pool: int
    at_most: int
    in_rollout: int
    limit: int


def budget(environment: str) -> Budget:
    """The budget of an environment, by its file, service.yaml and Terraform's settings."""
    values = _read(helm.ENVIRONMENTS / f"{environment}.yaml")
    specs = [_read(path) for path in sorted(helm.ROOT.glob("services/*/service.yaml"))]
    owners = [spec for spec in specs if spec["database"]]
    pools = {spec["name"]: pool_size(values, spec["name"]) for spec in owners}
    most = {spec["name"]: min(spec["scale"]["max"], values["replicas"]["most"]) for spec in owners}
    at_most = sum(most[name] * (2 * pools[name] + LISTENING) for name in most)
    jobs = len(owners) * (MIGRATION + AUDITOR_CONNECTIONS) + ROLES
    server, limit = _server(environment, values)
    pool, replicas = max(pools.values()), sum(most.values())
    return Budget(environment, server, replicas, pool, at_most, GENERATIONS * at_most + jobs + RESERVE, limit)


def pool_size(values: dict[str, Any], service: str) -> int:
    """Connections of a pool of a service, by the file of an environment."""
    settings = {**values.get("settings", {}), **values.get("service_settings", {}).get(service, {})}
    return int(settings.get("DATABASE_POOL_SIZE", Settings.model_fields["database_pool_size"].default))


def _server(environment: str, values: dict[str, Any]) -> tuple[str, int]:
    if "data" in values:
        return "deploy/charts/data", int(values["data"]["max_connections"])
    row = re.search(r"^ *database_class += \{(.+)\}$", _TERRAFORM.read_text(encoding="utf-8"), re.MULTILINE)
    classes = dict(re.findall(r'(\w+) = "([^"]+)"', row.group(1) if row else ""))
    return classes[environment], of_class(classes[environment])


def of_class(name: str) -> int:
    """max_connections of a class of RDS: of its memory in bytes, divided by 9,531,392, at most 5,000."""
    return min(5000, int(gib(name) * 2**30 * _LEFT_BY_RDS / 9_531_392))


def gib(name: str) -> float:
    """Memory of a class of RDS."""
    _, family, size = name.split(".")
    return _MEMORY[family[0]] * larges(size)


def larges(size: str) -> float:
    """How many times a `large` a size is. A `large` has two CPUs."""
    return _SIZES.get(size) or int(size.removesuffix("xlarge")) * 2


def _read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def table() -> str:
    """The budgets of all environments, as Markdown."""
    found = [budget(path.stem) for path in sorted(helm.ENVIRONMENTS.glob("*.yaml"))]
    rows = [
        f"| {each.environment} | {each.replicas} | {each.pool} | {each.at_most:,} | {each.in_rollout:,} | "
        f"{each.limit:,} ({each.server}) |"
        for each in found
    ]
    head = [
        "| environment | replicas at the most | pool | connections then | in a rollout, with jobs | the server takes |"
    ]
    return "\n".join([*head, "| --- | --- | --- | --- | --- | --- |", *rows, ""])


def page() -> str:
    """The page as it is to be."""
    text = PAGE.read_text(encoding="utf-8")
    return text[: text.index(_BEGIN) + len(_BEGIN)] + table() + text[text.index(_END) :]


if __name__ == "__main__":
    if "--write" in sys.argv:
        PAGE.write_text(page(), encoding="utf-8")
    elif PAGE.read_text(encoding="utf-8") != page():
        sys.exit(f"{PAGE} is stale: python -m deploy.charts.connections --write")

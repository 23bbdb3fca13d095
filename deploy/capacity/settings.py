"""What an environment has today: its services' sizes and scales, and Terraform's settings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import yaml

from deploy import TERRAFORM
from deploy.aws.layers import environments
from deploy.charts import connections, helm
from deploy.platform import releases
from deploy.refusal import MISUSED, Refusal

_TABLE = TERRAFORM / "settings" / "environments.tf"


@dataclass(frozen=True)
class Service:
    """A service's pod (CPU in thousandths of a core, memory in MiB), and its autoscaler."""

    name: str
    cpu: int
    memory: int
    least: int
    most: int
    target: float
    pool: int


@dataclass(frozen=True)
class Environment:
    """An environment as its files have it."""

    name: str
    services: tuple[Service, ...]
    database_class: str
    database_gb: int
    database_zones: int
    cache_type: str
    caches: int
    log_nodes: int
    node_cpus: tuple[int, ...]
    node_families: tuple[str, ...]

    @property
    def guarded(self) -> bool:
        """Whether people depend on it: then its database may not be of a class that runs out of credits."""
        return self.name.split("-")[0] != "development"

    @property
    def production(self) -> bool:
        """Whether shoppers use it: its name's first word says so."""
        return self.name.split("-")[0] == "production"

    @property
    def zones(self) -> int:
        """How many nodes it has at least, so that the loss of a zone leaves some."""
        return 3 if self.production else 2


def environment(name: str) -> Environment:
    """The environment of this name.

    Raises:
        Refusal: there is none on AWS.
    """
    known = environments(TERRAFORM)
    if name not in known:
        raise Refusal(f"There is no environment {name!r} on AWS. There is: {', '.join(known)} (ENV=).", MISUSED)
    values = _yaml(helm.ENVIRONMENTS / f"{name}.yaml")
    logs = values.get("logs", {})
    pools = _yaml(releases.VALUES / "platform.aws.yaml")["node_pools"]["general"]
    return Environment(
        name=name,
        services=tuple(_service(spec, values) for spec in _specifications()),
        database_class=row("database_class", name),
        database_gb=int(row("database_gb", name)),
        database_zones=2 if row("database_multi_az", name) == "true" else 1,
        cache_type=row("cache_node_type", name),
        caches=1 + int(row("cache_replicas", name)),
        log_nodes=int(logs.get("nodes", 1)) if logs.get("kind") == "elasticsearch" else 0,
        node_cpus=tuple(map(int, pools["cpus"])),
        node_families=tuple(pools["categories"]),
    )


def row(setting: str, name: str) -> str:
    """A setting of an environment, as it stands in settings/environments.tf.

    Raises:
        Refusal: it is not there.
    """
    found = re.search(rf"^ *{setting} += \{{(.+)\}}$", _TABLE.read_text(encoding="utf-8"), re.MULTILINE)
    columns = dict(re.findall(r'([\w-]+) = "?([\w.-]+)"?', found[1] if found else ""))
    if name not in columns:
        raise Refusal(f"{setting} of {name} is not in {_TABLE.relative_to(helm.ROOT)}: add it there.")
    return str(columns[name])


def small_components(name: str) -> list[tuple[str, int, int, int]]:
    """What else stands on the nodes of workloads: its name, replicas, CPU and memory of one."""
    return [
        (part, each["replicas"], each["requests"]["cpu"], each["requests"]["memory"])
        for part, each in releases.components().items()
        if each["nodes"] == "workload" and each["replicas"] and name in each.get("only", [name])
    ]


def _specifications() -> list[dict[str, Any]]:
    return [_yaml(path) for path in sorted(helm.ROOT.glob("services/*/service.yaml"))]


def _service(spec: dict[str, Any], values: dict[str, Any]) -> Service:
    scale, most = spec["scale"], values["replicas"]["most"]
    return Service(
        name=spec["name"],
        cpu=int(spec["resources"]["cpu"].removesuffix("m")),
        memory=int(spec["resources"]["memory"].removesuffix("Mi")),
        least=min(scale["min"], most),
        most=min(scale["max"], most),
        target=scale["cpu"] / 100,
        pool=connections.pool_size(values, spec["name"]) if spec["database"] else 0,
    )


def _yaml(path: Any) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found

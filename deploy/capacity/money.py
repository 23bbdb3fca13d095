"""What of an environment's bill depends on the load, in US dollars a month at list prices: by the plan, and today."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from deploy.aws.cost import prices
from deploy.capacity.nodes import Nodes
from deploy.capacity.settings import Environment
from deploy.capacity.stores import orders_a_month
from deploy.charts import helm

_PAGE = helm.ROOT / "docs" / "aws" / "costs.md"
# Of production's assumptions in prices.toml: what is paid by request at the edge.
_EDGE = ("edge_gb", "edge_10k_requests", "edge_function_million", "firewall_million_requests")


@dataclass(frozen=True)
class Bill:
    """US dollars a month."""

    nodes: float
    database: float
    cache: float
    edge: float

    @property
    def usd(self) -> float:
        """All of it."""
        return self.nodes + self.database + self.cache + self.edge


@dataclass(frozen=True)
class Bought:
    """What is paid for: nodes by type, classes, and requests at the edge a month."""

    nodes: Nodes
    database_class: str
    database_gb: float
    cache_type: str
    edge_requests: float


def bill(bought: Bought, environment: Environment) -> Bill:
    """What it costs a month."""
    table = prices().table
    hours, price, usage = table["hours_a_month"], table["price"], prices().usage(environment.name)
    disks = sum(bought.nodes.values()) * usage["workload_disk_gb"] * price["volume_gb"]
    nodes = sum(table["ec2_hour"][kind] * number * hours for kind, number in bought.nodes.items())
    database = table["rds_hour"][bought.database_class] * hours + bought.database_gb * price["database_gb"]
    caches = table["cache_hour"][bought.cache_type] * hours * environment.caches
    return Bill(nodes + disks, database * environment.database_zones, caches, bought.edge_requests / 1e6 * _a_million())


def today(environment: Environment, edge_requests: float) -> Bought:
    """What stands in the settings, and in prices.toml of the nodes that Karpenter starts."""
    nodes = prices().usage(environment.name)["workload_nodes"]
    return Bought(nodes, environment.database_class, environment.database_gb, environment.cache_type, edge_requests)


def a_thousand_orders(usd: float, orders_a_second: float) -> float:
    """US dollars for a thousand orders, of a month's."""
    return 1000 * usd / orders_a_month(orders_a_second)


def everything_else(environment: Environment) -> float | None:
    """What `make aws-cost` has beyond these parts of today's settings; none for an environment that it does not print.

    From the page with its table, which a test keeps true.
    """
    lines = _PAGE.read_text(encoding="utf-8").splitlines()
    heading = next(line for line in lines if line.startswith("| layer |"))
    total = next(line for line in lines if line.startswith("| **all** |"))
    found = dict(zip(_cells(heading), _cells(total), strict=True))
    if environment.name not in found:
        return None
    assumed = prices().usage(environment.name)["edge_10k_requests"] * 10_000
    return float(found[environment.name].replace(",", "")) - bill(today(environment, assumed), environment).usd


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"\|", line)[1:-1]]


def _a_million() -> float:
    """A million requests at the edge, with as many bytes each as production is assumed to send."""
    table: Mapping[str, Any] = prices().table
    usage = prices().usage("production")
    usd = sum(usage[each] * table["price"][each] for each in _EDGE)
    return float(usd / (usage["edge_10k_requests"] / 100))

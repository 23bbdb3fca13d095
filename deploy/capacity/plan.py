"""A plan: what a rate of orders needs of an environment, beside what it has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from deploy.aws.cost import prices
from deploy.capacity import money, nodes, pods, stores
from deploy.capacity.costs import Costs, Load
from deploy.capacity.nodes import Nodes
from deploy.capacity.settings import Environment
from deploy.platform import releases
from deploy.refusal import Refusal

# Assumed, as docs/aws/capacity.md says: reads of the API an order, of them at the origin; sign-ins an order.
READS_AN_ORDER, AT_ORIGIN, SIGN_INS_AN_ORDER = 100, 0.2, 0.5
# Beside its reads: signing in, cart, checkout, payment and what the browser asks while it waits.
OTHER_REQUESTS_AN_ORDER = 10


@dataclass(frozen=True)
class Plan:
    """What is needed at a rate of orders a second, and what that costs."""

    environment: Environment
    load: Load
    pods: list[pods.Pods]
    unmeasured: list[str]
    nodes: Nodes
    had_nodes: Nodes
    database: stores.Database
    cache: stores.Cache
    bought: money.Bought
    bill: money.Bill
    today: money.Bill


def load_of(orders: float, reads_an_order: float = READS_AN_ORDER * AT_ORIGIN) -> Load:
    """What reaches the services at so many orders a second."""
    return Load(orders, orders * reads_an_order, orders * SIGN_INS_AN_ORDER)


def of(costs: Costs, environment: Environment, load: Load) -> Plan:
    """The plan."""
    table = prices().table
    planned = [*pods.of_services(costs, environment, load), pods.of_edge(costs, load, _edge(environment.name))]
    needed = nodes_for(environment, planned)
    database = stores.database(costs, environment, load, planned, table["rds_hour"])
    cached = stores.cache(costs, load, table["cache_hour"])
    edge_requests = stores.orders_a_month(load.orders) * (READS_AN_ORDER + OTHER_REQUESTS_AN_ORDER)
    # Where no class with a price is enough, the largest is counted, and the sentences say so.
    bought = money.Bought(
        needed,
        database.kind or max(table["rds_hour"], key=table["rds_hour"].__getitem__),
        database.gb,
        cached.kind or max(table["cache_hour"], key=table["cache_hour"].__getitem__),
        edge_requests,
    )
    had = money.today(environment, edge_requests)
    return Plan(
        environment=environment,
        load=load,
        pods=planned,
        unmeasured=[each.name for each in environment.services if each.name not in costs.idle],
        nodes=needed,
        had_nodes=had.nodes,
        database=database,
        cache=cached,
        bought=bought,
        bill=money.bill(bought, environment),
        today=money.bill(had, environment),
    )


def nodes_for(environment: Environment, planned: list[pods.Pods]) -> Nodes:
    """The cheapest nodes for these pods and all that stands beside them, of the types that Karpenter may start.

    Raises:
        Refusal: a pod fits on none of them.
    """
    started = {
        kind: hourly
        for kind, hourly in prices().table["ec2_hour"].items()
        if nodes.may_start(kind, environment.node_families, environment.node_cpus)
    }
    try:
        return nodes.cheapest(pods.standing(environment, planned), started, environment.zones)
    except ValueError as error:
        raise Refusal(f"{error}. Give [ec2_hour] of prices.toml a larger type.") from error


@cache
def _edge(environment: str) -> Mapping[str, int]:
    """Traefik's autoscaler and size, from its values."""
    files = [releases.VALUES / name for name in ("traefik.yaml", f"traefik.{environment}.yaml")]
    found = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in files if file.is_file()]
    scaling: dict[str, Any] = {key: value for each in found for key, value in each.get("autoscaling", {}).items()}
    cpu = next(each["resource"] for each in scaling["metrics"] if each["resource"]["name"] == "cpu")
    size = releases.components()["traefik"]["requests"]
    return {
        "least": scaling["minReplicas"],
        "most": scaling["maxReplicas"],
        "target": cpu["target"]["averageUtilization"],
        **size,
    }

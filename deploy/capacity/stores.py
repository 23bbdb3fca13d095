"""The class of the database and of the cache that a load needs, and what decides it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from deploy.capacity.costs import Costs, Load
from deploy.capacity.pods import Pods
from deploy.capacity.settings import Environment
from deploy.charts import connections

# Assumed, as docs/aws/capacity.md says: a day has as many orders as so many minutes of its peak.
PEAK_MINUTES_A_DAY = 200
# Orders of so many days (the check of the books reads them) are to be in the part of memory that is for pages.
HOT_DAYS, PAGES = 2, 0.75
# At most so much of the CPU at the peak: the rest is for vacuum, backups and a failover.
CPU_TARGET = 0.5
# What one CPU of a burstable class gives all day (AWS), by size; of others all of it.
_BASELINE = {"micro": 0.1, "small": 0.2, "medium": 0.2, "large": 0.3, "xlarge": 0.4}
# GiB of a cache's type (AWS), and what of it may be full before it has to clear.
_CACHE_GIB = {
    "cache.t4g.micro": 0.5, "cache.t4g.small": 1.37, "cache.t4g.medium": 3.09, "cache.m7g.large": 6.38,
    "cache.m7g.xlarge": 12.93, "cache.r7g.large": 13.07,
}  # fmt: skip
_CACHE_FULL, _KEPT_SECONDS = 0.6, 3600
# gp3: operations a second, and from which size on there are more (AWS).
OPERATIONS, _MORE_FROM_GB = 3_000, 400


@dataclass(frozen=True)
class Database:
    """What the load needs of the database, and the cheapest class that has it."""

    kind: str | None
    because: str
    otherwise: str | None
    """The class that would do if autoscalers started no more pods than the load needs."""
    cores: float
    memory_gib: float
    connections: int
    in_rollout: int
    transactions: float
    gb_a_month: float
    gb: int


@dataclass(frozen=True)
class Cache:
    """What the load needs of Valkey, and the cheapest type that has it."""

    kind: str | None
    memory_mb: float
    cores: float


def orders_a_month(orders_a_second: float) -> float:
    """With the assumed day."""
    return orders_a_second * 60 * PEAK_MINUTES_A_DAY * 30


def database(
    costs: Costs, environment: Environment, load: Load, pods: Sequence[Pods], prices: Mapping[str, float]
) -> Database:
    """The cheapest class with enough CPU, memory and connections, and which of these decides."""
    cores = (costs.idle["postgres"] + costs.beyond_rest(load, "postgres")) / 1000
    pools = {each.name: each.pool for each in environment.services}
    opened = sum(each.count * _a_pod(pools[each.name]) for each in pods if pools.get(each.name))
    budget = connections.budget(environment.name)
    gb_a_month = orders_a_month(load.orders) * costs.database["kb_an_order"] / 1e6
    hot = gb_a_month / 30 * HOT_DAYS / PAGES
    memory = hot + opened * costs.database["memory_mb_a_connection"] / 1000
    wishes = {"CPU": cores / CPU_TARGET, "memory": memory, "connections": budget.in_rollout}
    allowed = [kind for kind in sorted(prices, key=prices.__getitem__) if _allowed(kind, environment)]
    found, because = _cheapest(allowed, wishes)
    otherwise, _ = _cheapest(allowed, {**wishes, "connections": connections.GENERATIONS * opened + connections.RESERVE})
    transactions = load.orders * costs.database["transactions_an_order"]
    enough = environment.database_gb if transactions <= OPERATIONS else max(_MORE_FROM_GB, environment.database_gb)
    return Database(
        found, because, otherwise, cores, memory, opened, budget.in_rollout, transactions, gb_a_month, enough
    )


def _cheapest(allowed: Sequence[str], wishes: Mapping[str, float]) -> tuple[str | None, str]:
    """The first class that has all, and what the one before it lacks."""
    lacks = {kind: [wish for wish, least in wishes.items() if _has(kind)[wish] < least] for kind in allowed}
    found = next((kind for kind in allowed if not lacks[kind]), None)
    cheaper = allowed[: allowed.index(found)] if found else allowed
    return found, " and ".join(lacks[cheaper[-1]]) if cheaper else "it is the smallest"


def _a_pod(pool: int) -> int:
    return 2 * pool + connections.LISTENING


def _allowed(kind: str, environment: Environment) -> bool:
    return not (environment.guarded and kind.split(".")[1].startswith("t"))


def _has(kind: str) -> dict[str, float]:
    """What a class has, by wish."""
    return {
        "CPU": max(2.0, 2 * connections.larges(kind.split(".")[2])) * share_of(kind),
        "memory": connections.gib(kind),
        "connections": connections.of_class(kind),
    }


def share_of(kind: str) -> float:
    """What a class or type gives of each of its CPUs all day."""
    _, family, size = kind.split(".")
    return _BASELINE[size] if family.startswith("t") else 1.0


def cache(costs: Costs, load: Load, prices: Mapping[str, float]) -> Cache:
    """The cheapest type with enough memory and CPU: what stays of a shopper is kept for an hour at the most."""
    shoppers = load.orders * _KEPT_SECONDS
    memory = costs.cache["memory_mb"] + shoppers * costs.cache["kb_a_shopper"] / 1000
    cores = (costs.idle["valkey"] + costs.beyond_rest(load, "valkey")) / 1000
    for kind in sorted(prices, key=prices.__getitem__):
        # It works in one thread.
        if memory <= _CACHE_GIB[kind] * 1073.7 * _CACHE_FULL and cores <= share_of(kind) * CPU_TARGET:
            return Cache(kind, memory, cores)
    return Cache(None, memory, cores)

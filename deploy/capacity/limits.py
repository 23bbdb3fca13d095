"""What ends first when orders come faster: each part of production, and the orders a second at which it ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from deploy.capacity import advice, plan, stores
from deploy.capacity.costs import Costs
from deploy.capacity.settings import Environment
from deploy.charts import connections

# CloudFront's requests a second of a distribution (AWS).
_EDGE_REQUESTS = 250_000
# gp3's operations a second from the size on at which there are more (AWS).
_MORE_OPERATIONS = 12_000
# The largest class of the family that production's database is of (AWS).
_LARGEST = "db.r7g.16xlarge"
# Measured on a laptop (docs/aws/capacity.md): so many orders of one variant were reserved in at most so many seconds.
_HOT_ORDERS, _HOT_SECONDS = 1_000, 0.26
_MOST_FOR_VALKEY = "cache.m7g.large"
_NUMBER = "built: a number"
_HALF = "half built: each service has an address of its own for its database; Terraform makes one instance"


@dataclass(frozen=True)
class Limit:
    """A part, the orders a second at which it ends, the arithmetic, what then, and whether that is built."""

    part: str
    orders: float
    arithmetic: str
    then: str
    built: str


def limits(costs: Costs, environment: Environment) -> list[Limit]:
    """All of them, the first to end first."""
    found = [*_outside(), *_pods(costs, environment), *_storage(costs), *_database(costs, environment)]
    return sorted([*found, *_valkey(costs, environment)], key=lambda each: each.orders)


def _outside() -> Iterator[Limit]:
    yield Limit(
        "Stripe, an account in live mode",
        advice.STRIPE_ORDERS,
        "25 calls a second at each endpoint (Stripe), of which Mercat uses 24; an order is created once",
        "ask Stripe six weeks before, then raise `STRIPE_CALLS_PER_SECOND`; or an account a cell. Orders above it wait",
        "built; the raise is Stripe's",
    )
    requests = plan.READS_AN_ORDER + plan.OTHER_REQUESTS_AN_ORDER
    yield Limit(
        "CloudFront, a distribution",
        _EDGE_REQUESTS / requests,
        f"{_EDGE_REQUESTS:,} requests a second (AWS) / {requests} requests an order",
        "ask AWS; a distribution a cell",
        "not built: a second distribution for one shop",
    )
    yield Limit(
        "one variant that everybody wants",
        _HOT_ORDERS / _HOT_SECONDS,
        f"{_HOT_ORDERS:,} reservations in at most {_HOT_SECONDS} s, on a laptop, one zone: two zones take longer",
        "its stock in several rows, each sold apart",
        "not built",
    )


def _pods(costs: Costs, environment: Environment) -> Iterator[Limit]:
    load = plan.load_of(1)
    for each in plan.of(costs, environment, load).pods:
        rest, ms = costs.idle[each.name], costs.beyond_rest(load, each.name)
        free = each.orders_at_most * ms / each.most
        yield Limit(
            f"pods of {each.name}, at most {each.most}",
            each.orders_at_most,
            f"{each.most} x ({free + rest:.0f} thousandths of a core, the autoscaler's target, - {rest:.1f} at rest)"
            f" / {ms:.1f} ms an order with its reads and sign-ins",
            f"raise `{'autoscaling.maxReplicas' if each.name == 'traefik' else 'scale.max'}`",
            _NUMBER,
        )


def _storage(costs: Costs) -> Iterator[Limit]:
    each = costs.database["transactions_an_order"]
    small = "the database's disk below 400 GiB"
    for part, operations, then, built in (
        (small, stores.OPERATIONS, "`database_gb = 400`", _NUMBER),
        ("the database's disk from 400 GiB", _MORE_OPERATIONS, "more provisioned operations; then split", "not built"),
    ):
        yield Limit(
            part, operations / each, f"{operations:,} operations (AWS) / {each} transactions an order", then, built
        )


def _database(costs: Costs, environment: Environment) -> Iterator[Limit]:
    ms = costs.beyond_rest(plan.load_of(1), "postgres")
    for kind, then, built in (
        (environment.database_class, "a larger `database_class`", _NUMBER),
        (_LARGEST, "payments and orders on databases of their own; then cells", _HALF),
    ):
        cpus = 2 * connections.larges(kind.split(".")[2])
        yield Limit(
            f"CPU of the primary, {kind}",
            1000 * cpus * stores.CPU_TARGET / ms,
            f"{cpus:g} CPUs at {stores.CPU_TARGET:.0%} / {ms:.1f} ms an order with its reads and sign-ins",
            then,
            built,
        )
        yield Limit(
            f"memory of the primary, {kind}",
            _orders_in(connections.gib(kind), costs),
            f"{stores.HOT_DAYS} days of orders, {costs.database['kb_an_order']} kB each, in {stores.PAGES:.0%} of"
            f" {connections.gib(kind):g} GiB",
            f"{then}; or take out old orders",
            f"{built}; taking out old orders is not built",
        )


def _orders_in(gib: float, costs: Costs) -> float:
    a_day = stores.orders_a_month(1) / 30 * costs.database["kb_an_order"] / 1e6
    return gib * stores.PAGES / (a_day * stores.HOT_DAYS)


def _valkey(costs: Costs, environment: Environment) -> Iterator[Limit]:
    ms = costs.beyond_rest(plan.load_of(1), "valkey")
    alone = "built: without Valkey each process decides alone"
    for kind, then, built in (
        (environment.cache_type, "a larger `cache_node_type`", _NUMBER),
        (_MOST_FOR_VALKEY, "limits in each process alone, or cells", alone),
    ):
        share = stores.share_of(kind)
        yield Limit(
            f"Valkey, {kind}",
            1000 * share * stores.CPU_TARGET / ms,
            f"one thread, {share:.0%} of a CPU all day, at {stores.CPU_TARGET:.0%} / {ms:.2f} ms an order",
            then,
            built,
        )

"""What a plan asks to be changed, in sentences: what, where, and why."""

from __future__ import annotations

from collections.abc import Iterator

from deploy.capacity.money import a_thousand_orders, everything_else
from deploy.capacity.nodes import Nodes
from deploy.capacity.plan import Plan
from deploy.capacity.pods import Pods
from deploy.charts import connections

_TABLE = "deploy/terraform/settings/environments.tf"
# Three quarters of the connections: then an alarm rings (modules/database/alarms.tf).
_ALARM = 0.75
# Stripe creates and captures so many payments a second in live mode (AWS has no part in it; docs/aws/capacity.md).
STRIPE_ORDERS = 24


def sentences(plan: Plan) -> list[str]:
    """Each of them; none when all is as it should be."""
    return [*_scaling(plan), *_nodes(plan), *_database(plan), *_cache(plan), *_beyond(plan)]


def named(nodes: Nodes) -> str:
    """Such as "3 m7g.large and 1 r7g.large"."""
    return " and ".join(f"{number} {kind}" for kind, number in sorted(nodes.items())) or "none"


def where(plan: Plan, pods: Pods) -> str:
    """The file that bounds the pods of a service."""
    if pods.name == "traefik":
        return "autoscaling.maxReplicas of deploy/platform/values/traefik.yaml"
    capped = f"replicas.most of deploy/environments/{plan.environment.name}.yaml"
    return f"scale.max of services/{pods.name}/service.yaml, or {capped}"


def _scaling(plan: Plan) -> Iterator[str]:
    for each in plan.pods:
        if each.needed > each.most:
            yield (
                f"{each.name} needs {each.needed} pods and its autoscaler stops at {each.most}, which bear"
                f" {each.orders_at_most:,.0f} orders a second: raise {where(plan, each)}."
            )
        elif each.needed <= each.least / 4 and each.least > 3:
            yield f"{each.name} needs {each.needed} pods and has {each.least} at the least: lower scale.min."
    for name in plan.unmeasured:
        yield f"{name} is not measured, so it has no part in this: see proofs/bench/resources.py."


def _nodes(plan: Plan) -> Iterator[str]:
    difference = plan.bill.nodes - plan.today.nodes
    if abs(difference) > 1:
        yield (
            f"Karpenter would start {named(plan.nodes)}, and prices.toml assumes {named(plan.had_nodes)}:"
            f" {difference:+,.0f} USD a month. It chooses by itself; correct workload_nodes when you have seen it."
        )


def _database(plan: Plan) -> Iterator[str]:
    database, has = plan.database, plan.environment.database_class
    if database.kind is None:
        yield (
            f"No class of prices.toml is enough for the database: {database.because}. Add a larger one there, or split"
            " it (docs/aws/capacity.md)."
        )
    elif database.kind != has:
        difference = plan.bill.database - plan.today.database
        yield (
            f"{database.kind} is the smallest class that is enough (what decides: {database.because}), and there is"
            f" {has}: database_class in {_TABLE}, {difference:+,.0f} USD a month."
        )
    if database.otherwise not in {None, database.kind}:
        yield (
            f"{database.otherwise} would do, were it not for the {database.in_rollout:,} connections of all pods that"
            f" autoscalers may start: lower replicas.most or DATABASE_POOL_SIZE in"
            f" deploy/environments/{plan.environment.name}.yaml."
        )
    if database.gb > plan.environment.database_gb:
        yield (
            f"{database.transactions:,.0f} transactions a second want more operations than a small disk has:"
            f" database_gb = {database.gb} in {_TABLE}."
        )
    limit = connections.of_class(database.kind or has)
    if database.connections > _ALARM * limit:
        yield f"{database.connections:,} connections ring the alarm of {_ALARM:.0%} of {limit:,}: a smaller pool."


def _cache(plan: Plan) -> Iterator[str]:
    cache, has = plan.cache, plan.environment.cache_type
    if cache.kind is None:
        yield "No type of prices.toml is enough for Valkey: add a larger one there."
    elif cache.kind != has:
        difference = plan.bill.cache - plan.today.cache
        yield (
            f"{cache.kind} is the smallest type that is enough for Valkey ({cache.memory_mb:,.0f} MB,"
            f" {1000 * cache.cores:,.0f} thousandths of a core), and there is {has}: cache_node_type in {_TABLE},"
            f" {difference:+,.0f} USD a month."
        )


def _beyond(plan: Plan) -> Iterator[str]:
    if plan.load.orders > STRIPE_ORDERS:
        yield (
            f"Stripe takes {STRIPE_ORDERS} orders a second of an account until it raises its limit: ask six weeks"
            " before."
        )


def total(plan: Plan) -> str:
    """The money of it, in a sentence."""
    else_where = everything_else(plan.environment) or 0.0
    month, was = plan.bill.usd + else_where, plan.today.usd + else_where
    return (
        f"{month:,.0f} USD a month, {a_thousand_orders(month, plan.load.orders):,.2f} USD for 1,000 orders, with all"
        f" that does not depend on the rate ({else_where:,.0f} USD, `make aws-cost`). At today's settings:"
        f" {was:,.0f} USD."
    )

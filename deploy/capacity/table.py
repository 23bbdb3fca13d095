"""A plan as a person reads it: pods, nodes, database, cache and money, then what to change."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from deploy.capacity import advice
from deploy.capacity.money import a_thousand_orders
from deploy.capacity.plan import Plan
from deploy.charts import connections
from deploy.terminal import Terminal


def show(terminal: Terminal, plan: Plan, how: str) -> None:
    """Print all of it. how: what the figures were measured on."""
    terminal.say(
        f"{plan.environment.name} at {plan.load.orders:g} orders a second ({plan.load.orders * 60:,.0f} a minute),"
        f" {plan.load.reads:,.0f} reads that reach it and {plan.load.sign_ins:,.1f} sign-ins:",
        "bold",
    )
    table = Table(
        "pods", "CPU", "needed", "autoscaler", "there", "orders/s at its most", box=SIMPLE_HEAD, pad_edge=False
    )
    for each in plan.pods:
        bounds = f"{each.least} to {each.most}"
        row = (f"{each.millicores:,.0f}m", str(each.needed), bounds, str(each.count), f"{each.orders_at_most:,.0f}")
        table.add_row(each.name, *row)
    terminal.show(table)
    rest = Table("what", "needed", "today", "USD a month", "today's", box=SIMPLE_HEAD, pad_edge=False)
    for what, needed, has, usd, was in rows(plan):
        rest.add_row(what, escape(needed), escape(has), f"{usd:,.0f}", f"{was:,.0f}")
    terminal.show(rest)
    terminal.say(advice.total(plan))
    for sentence in advice.sentences(plan) or ["Nothing has to be changed."]:
        terminal.say(f"- {sentence}")
    terminal.say(f"Measured: {how} A core of Graviton is another one: measure there.", "dim")


def rows(plan: Plan) -> list[tuple[str, str, str, float, float]]:
    """What is bought: needed, today, and the price of both."""
    database, cache, has, bill, was = plan.database, plan.cache, plan.environment, plan.bill, plan.today
    kind = database.kind or "none is enough"
    limit = connections.of_class(has.database_class)
    return [
        ("nodes of workloads", advice.named(plan.nodes), advice.named(plan.had_nodes), bill.nodes, was.nodes),
        ("database", f"{kind} ({database.because})", has.database_class, bill.database, was.database),
        ("- its CPU", f"{database.cores:.2f} cores", "", 0, 0),
        ("- connections", f"{database.connections:,}; {database.in_rollout:,} at the most", f"{limit:,}", 0, 0),
        ("- transactions a second", f"{database.transactions:,.0f}", "", 0, 0),
        ("- GB a month", f"{database.gb_a_month:,.0f}", f"{has.database_gb} GB", 0, 0),
        (
            "Valkey",
            f"{has.caches} {cache.kind or 'none is enough'}",
            f"{has.caches} {has.cache_type}",
            bill.cache,
            was.cache,
        ),
        ("requests at the edge", f"{plan.bought.edge_requests / 1e6:,.0f} million a month", "", bill.edge, was.edge),
    ]


def as_json(plan: Plan) -> dict[str, Any]:
    """The same for programs."""
    return {
        "environment": plan.environment.name,
        "load": asdict(plan.load),
        "pods": [{**asdict(each), "count": each.count} for each in plan.pods],
        "nodes": plan.nodes,
        "database": asdict(plan.database),
        "cache": asdict(plan.cache),
        "usd_a_month": {**asdict(plan.bill), "sum": plan.bill.usd, "today": plan.today.usd},
        "usd_a_thousand_orders": a_thousand_orders(plan.bill.usd, plan.load.orders),
        "change": advice.sentences(plan),
    }

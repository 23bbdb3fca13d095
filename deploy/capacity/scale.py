"""The tables of docs/concepts/scale.md: what ends first, and what 1 to 10,000 orders a second need."""

from __future__ import annotations

import math
from dataclasses import dataclass

from deploy.capacity import costs, plan, settings, stores
from deploy.capacity.advice import STRIPE_ORDERS
from deploy.capacity.limits import Limit, limits
from deploy.capacity.money import everything_else
from deploy.charts import helm

PAGE = helm.ROOT / "docs" / "concepts" / "scale.md"
RATES = (1, 10, 100, 1_000, 10_000)
# Orders a second of one cell. Below what Traefik's pods bear, and what one database bears whose class has a price.
CELL = 100
_BLOCKS = ("limits", "rates")


@dataclass(frozen=True)
class Rate:
    """What a rate of orders needs, in as many cells as keep each at CELL orders a second or below."""

    orders: float
    cells: int
    one: plan.Plan
    """Of one of the cells."""
    usd: float

    @property
    def thousand(self) -> float:
        """US dollars for 1,000 orders."""
        return 1000 * self.usd / stores.orders_a_month(self.orders)


def rate(known: costs.Costs, environment: settings.Environment, orders: float) -> Rate:
    """What so many orders a second need."""
    cells = math.ceil(orders / CELL)
    one = plan.of(known, environment, plan.load_of(orders / cells))
    return Rate(orders, cells, one, cells * (one.bill.usd + (everything_else(environment) or 0.0)))


def page() -> str:
    """The page as it is to be."""
    known, environment = costs.read(), settings.environment("production")
    text = PAGE.read_text(encoding="utf-8")
    tables = {
        "limits": _limits(limits(known, environment)),
        "rates": _rates([rate(known, environment, each) for each in RATES], limits(known, environment), known),
    }
    for block in _BLOCKS:
        begin, end = f"<!-- {block} -->\n", f"<!-- end of the {block} -->\n"
        text = text[: text.index(begin) + len(begin)] + "\n" + tables[block] + "\n" + text[text.index(end) :]
    return text


def write() -> None:
    """Write it anew."""
    PAGE.write_text(page(), encoding="utf-8")


def _limits(found: list[Limit]) -> str:
    lines = [
        "| what ends | at orders a second | the arithmetic | what then | is it built |",
        "| --- | ---: | --- | --- | --- |",
    ]
    lines += [
        f"| {each.part} | {each.orders:,.0f} | {each.arithmetic} | {each.then} | {each.built} |" for each in found
    ]
    return "\n".join([*lines, ""])


def _rates(found: list[Rate], known_limits: list[Limit], known: costs.Costs) -> str:
    rows = {
        "orders a minute": [f"{each.orders * 60:,.0f}" for each in found],
        "orders a day (as many as 200 minutes of the peak)": [f"{_a_day(each):,.0f}" for each in found],
        "reads a second that shoppers ask, and that reach the store": [
            f"{each.orders * plan.READS_AN_ORDER:,.0f}, {each.orders * plan.READS_AN_ORDER * plan.AT_ORIGIN:,.0f}"
            for each in found
        ],
        "cores: services, Traefik, PostgreSQL": [_cores(each, known) for each in found],
        "transactions a second": [f"{each.orders * known.database['transactions_an_order']:,.0f}" for each in found],
        "new data a year, GB": [f"{_a_day(each) * 365 * known.database['kb_an_order'] / 1e6:,.0f}" for each in found],
        "limits above that are passed, in one cell": [
            str(sum(limit.orders < each.orders for limit in known_limits)) for each in found
        ],
        "of these, what is more than a number in a file": [_hard(each.orders, known_limits) for each in found],
        f"cells of at most {CELL} orders a second": [f"{each.cells:,}" for each in found],
        "in each: pods of services, of Traefik": [_pods(each) for each in found],
        "in each: database": [f"{each.one.database.kind}" for each in found],
        "Stripe accounts at today's limit": [f"{math.ceil(each.orders / STRIPE_ORDERS):,}" for each in found],
        "USD a month, all cells": [f"{each.usd:,.0f}" for each in found],
        "USD for 1,000 orders": [f"{each.thousand:,.2f}" for each in found],
    }
    heads = " | ".join(f"{each.orders:,.0f}" for each in found)
    lines = [f"| orders a second | {heads} |", f"| --- |{' ---: |' * len(found)}"]
    return "\n".join([*lines, *(f"| {what} | {' | '.join(cells)} |" for what, cells in rows.items()), ""])


def _hard(orders: float, known: list[Limit]) -> str:
    passed = [each.part for each in known if each.orders < orders and not each.built.startswith("built: a number")]
    return "; ".join(passed) or "none"


def _a_day(each: Rate) -> float:
    return stores.orders_a_month(each.orders) / 30


def _cores(each: Rate, known: costs.Costs) -> str:
    used = {pods.name: pods.millicores / 1000 for pods in each.one.pods}
    edge = used.pop("traefik")
    database = known.beyond_rest(plan.load_of(each.orders), "postgres") / 1000
    return f"{each.cells * sum(used.values()):,.1f}, {each.cells * edge:,.1f}, {database:,.1f}"


def _pods(each: Rate) -> str:
    needed = {pods.name: max(pods.needed, pods.least) for pods in each.one.pods}
    edge = needed.pop("traefik")
    return f"{sum(needed.values())}, {edge}"

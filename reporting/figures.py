"""The figures of a report: all that is asked of Prometheus for it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from reporting import browsers, errors
from reporting.asking import Labels, NoFigures, Prometheus, Window
from reporting.browsers import Browsers
from reporting.errors import PUBLIC, ROUTE, SERVED, Failure, Refused
from reporting.funnels import Step

# Each with what is counted on the way to a sale. Who goes on from one to the next is told by funnels.py.
STEPS = {
    "Product pages seen": "catalog_product_views_total",
    "Carts made": "carts_created_total",
    "Checkouts sent": "checkouts_total",
    "Orders accepted": "orders_placed_total",
    "Tries to pay": "payments_attempts_total",
    "Orders paid": "orders_paid_total",
}
# Objectives of single routes, in seconds, as the rules have them; all others have the p99 of their service.yaml.
_OBJECTIVES = {"POST /api/v1/orders": 5.0}
_CART, _CART_SECONDS = "/api/v1/cart", 0.4


@dataclass(frozen=True)
class Route:
    """`slow` of its `count` answers took longer than the objective. p99s are None where too little was measured."""

    service: str
    name: str
    objective: float
    count: float
    slow: float
    p99: float | None
    count_before: float
    p99_before: float | None


@dataclass(frozen=True)
class Searches:
    """First pages of searches, how many of them found nothing, and both of the time before."""

    count: float = 0
    empty: float = 0
    count_before: float = 0
    empty_before: float = 0


@dataclass(frozen=True)
class Cost:
    """None: it is not measured here."""

    cpu_seconds: float | None = None
    nodes_usd: float | None = None
    month_usd: float | None = None
    budget_usd: float | None = None


@dataclass(frozen=True)
class Figures:
    """What was measured. `since`: of the first figure, Unix seconds."""

    window: Window
    since: float
    steps: list[Step] = field(default_factory=list)
    routes: list[Route] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    refusals: list[Refused] = field(default_factory=list)
    budgets: dict[str, float] = field(default_factory=dict)
    searches: Searches = field(default_factory=Searches)
    cost: Cost = field(default_factory=Cost)
    browsers: Browsers = field(default_factory=Browsers)

    @property
    def orders(self) -> float:
        """Orders accepted."""
        return next((step.count for step in self.steps if step.name == "Orders accepted"), 0)


async def read(prometheus: Prometheus, objectives: Mapping[str, float]) -> Figures:
    """All figures. `objectives`: of each service, the seconds that 99 of 100 answers may take.

    Raises:
        NoFigures: nothing was measured in the window. aiohttp.ClientError, TimeoutError: Prometheus does not answer.
    """
    step = max(60, prometheus.window.seconds // 1000)
    since = await prometheus.one(f'min(min_over_time(timestamp(up{{job="services"}})[$w:{step}s]))')
    if since is None:
        raise NoFigures("Prometheus answers, but measured no service of the store in that time.")
    return Figures(
        prometheus.window,
        since,
        [
            Step(name, await prometheus.total(metric), await prometheus.total(metric, when="$before"))
            for name, metric in STEPS.items()
        ],
        await _routes(prometheus, objectives),
        await errors.failures(prometheus),
        await errors.refusals(prometheus),
        await _budgets(prometheus),
        await _searches(prometheus),
        await _cost(prometheus),
        await browsers.read(prometheus),
    )


async def _searches(prometheus: Prometheus) -> Searches:
    name, empty = "catalog_searches_total", 'outcome="empty"'
    return Searches(
        await prometheus.total(name),
        await prometheus.total(name, empty),
        await prometheus.total(name, when="$before"),
        await prometheus.total(name, empty, "$before"),
    )


async def _cost(prometheus: Prometheus) -> Cost:
    hourly = await prometheus.one("sum(avg_over_time(node_total_hourly_cost[$w]))")
    return Cost(
        await prometheus.one('sum(increase(process_cpu_seconds_total{job="services"}[$w]))'),
        None if hourly is None else hourly * prometheus.window.seconds / 3600,
        await prometheus.one(
            'max(aws_billing_estimated_charges_maximum{dimension_ServiceName="",dimension_LinkedAccount=""})'
        ),
        await prometheus.one("max(cost:budget:usd > 0)"),
    )


async def _routes(prometheus: Prometheus, objectives: Mapping[str, float]) -> list[Route]:
    labels = ROUTE.split(",")
    answered = f'{PUBLIC},http_response_status_code!~"5.."'
    grown = f"sum by ({ROUTE}) (increase({SERVED}_count{{{answered}}}[$w]))"
    p99 = f"histogram_quantile(0.99, sum by (le,{ROUTE}) (increase({SERVED}_bucket{{{answered}}}[$w])))"
    counts, before = await prometheus.both(grown, *labels)
    quantiles, quantiles_before = await prometheus.both(p99, *labels)
    ends = {key: objective(key, objectives) for key in counts}
    within = {
        end: await prometheus.by(f'sum by ({ROUTE}) (increase({SERVED}_bucket{{{answered},le="{end}"}}[$w]))', *labels)
        for end in set(ends.values())
    }
    return [
        Route(
            key[0],
            f"{key[1]} {key[2]}",
            ends[key],
            count,
            max(0.0, count - within[ends[key]].get(key, count)),
            quantiles.get(key),
            before.get(key, 0),
            quantiles_before.get(key),
        )
        for key, count in counts.items()
    ]


def objective(key: Labels, objectives: Mapping[str, float]) -> float:
    """Within how many seconds 99 of 100 answers of a route are promised; the key is service, method and route."""
    service, method, route = key
    if route.startswith(_CART):
        return _CART_SECONDS
    return _OBJECTIVES.get(f"{method} {route}", objectives.get(service, math.inf))


async def _budgets(prometheus: Prometheus) -> dict[str, float]:
    """The part of 30 days' budget that is left, by objective."""
    left = await prometheus.by("min by (slo) (slo:budget_left:30d)", "slo")
    return {slo: value for (slo,), value in left.items()}

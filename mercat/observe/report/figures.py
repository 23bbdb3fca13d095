"""The figures of a report, asked of Prometheus. Counts are estimates of its increase(), and no whole numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    import aiohttp

_WEEK = 7 * 24 * 3600
_SERVED = "http_server_request_duration_seconds"
_PUBLIC = 'job="services",http_route!~"/internal/.*|/api/v1/admin/.*|/health.*|/metrics|unmatched"'
_ROUTE = "service,http_request_method,http_route"
# Each with what is counted on the way to a sale. Who goes on from one to the next is told by findings.py.
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


class NoFigures(Exception):
    """The message says why there is nothing to report, and what to do."""


@dataclass(frozen=True)
class Window:
    """From `end - seconds` to `end`, Unix seconds; compared with the same hours a week, or its own length, before."""

    end: float
    seconds: int

    @property
    def offset(self) -> int:
        """How far back the time before lies, in seconds."""
        return max(_WEEK, self.seconds)


@dataclass(frozen=True)
class Step:
    """How many reached a step, in the window and in the time before."""

    name: str
    count: float
    before: float


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
class Failure:
    """Answers of a route with a status that is an error, of `requests` to it in all."""

    service: str
    name: str
    status: str
    count: float
    requests: float


@dataclass(frozen=True)
class Figures:
    """What was measured. None: it is not measured here. `since`: of the first figure, Unix seconds."""

    window: Window
    since: float
    steps: list[Step] = field(default_factory=list)
    routes: list[Route] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    refusals: dict[str, float] = field(default_factory=dict)
    budgets: dict[str, float] = field(default_factory=dict)
    searches: float = 0
    searches_empty: float = 0
    cpu_seconds: float | None = None
    nodes_usd: float | None = None
    month_usd: float | None = None
    budget_usd: float | None = None

    @property
    def orders(self) -> float:
        """Orders accepted."""
        return next((step.count for step in self.steps if step.name == "Orders accepted"), 0)


Labels = tuple[str, ...]


@dataclass(frozen=True)
class Prometheus:
    """Answers queries about a window: `$w` in them is its length, `$before` the way back to the time before."""

    session: aiohttp.ClientSession
    window: Window

    async def by(self, query: str, *labels: str) -> dict[Labels, float]:
        """The value for each of the labels' sets of values; what is no number is left out."""
        w, back = f"{self.window.seconds}s", f"offset {self.window.offset}s"
        asked = {"query": query.replace("$w", w).replace("$before", back), "time": str(self.window.end)}
        async with self.session.post("api/v1/query", data=asked) as answer:
            if answer.status != 200:
                raise NoFigures(f"Prometheus refuses a query with {answer.status}: {(await answer.text())[:300]}")
            found: list[Any] = msgspec.json.decode(await answer.read())["data"]["result"]
        values = {tuple(line["metric"].get(name, "") for name in labels): float(line["value"][1]) for line in found}
        return {key: value for key, value in values.items() if math.isfinite(value)}

    async def one(self, query: str) -> float | None:
        """The value of a query with one; None: there is none."""
        return next(iter((await self.by(query)).values()), None)

    async def total(self, name: str, where: str = "", when: str = "") -> float:
        """By how much a counter grew, of all processes; 0 where it is not there."""
        return await self.one(f"sum(increase({name}{{{where}}}[$w] {when}))") or 0


async def read(prometheus: Prometheus, objectives: Mapping[str, float]) -> Figures:
    """All figures. `objectives`: of each service, the seconds that 99 of 100 answers may take.

    Raises:
        NoFigures: nothing was measured in the window. aiohttp.ClientError, TimeoutError: Prometheus does not answer.
    """
    step = max(60, prometheus.window.seconds // 1000)
    since = await prometheus.one(f'min(min_over_time(timestamp(up{{job="services"}})[$w:{step}s]))')
    if since is None:
        raise NoFigures("Prometheus answers, but measured no service of the store in that time.")
    ask = prometheus.one
    hourly = await ask("sum(avg_over_time(node_total_hourly_cost[$w]))")
    return Figures(
        prometheus.window,
        since,
        [
            Step(name, await prometheus.total(metric), await prometheus.total(metric, when="$before"))
            for name, metric in STEPS.items()
        ],
        await _routes(prometheus, objectives),
        await _failures(prometheus),
        {
            outcome: count
            for (outcome,), count in (
                await prometheus.by('sum by (outcome) (increase(checkouts_total{outcome!="accepted"}[$w]))', "outcome")
            ).items()
        },
        await _budgets(prometheus),
        await prometheus.total("catalog_searches_total"),
        await prometheus.total("catalog_searches_total", 'outcome="empty"'),
        await ask('sum(increase(process_cpu_seconds_total{job="services"}[$w]))'),
        None if hourly is None else hourly * prometheus.window.seconds / 3600,
        await ask('max(aws_billing_estimated_charges_maximum{dimension_ServiceName="",dimension_LinkedAccount=""})'),
        await ask("max(cost:budget:usd > 0)"),
    )


async def _routes(prometheus: Prometheus, objectives: Mapping[str, float]) -> list[Route]:
    labels = _ROUTE.split(",")

    async def asked(query: str) -> dict[Labels, float]:
        return await prometheus.by(query, *labels)

    answered = f'{_PUBLIC},http_response_status_code!~"5.."'
    grown = f"sum by ({_ROUTE}) (increase({_SERVED}_count{{{answered}}}[$w]))"
    p99 = f"histogram_quantile(0.99, sum by (le,{_ROUTE}) (increase({_SERVED}_bucket{{{answered}}}[$w])))"
    counts, quantiles = await asked(grown), await asked(p99)
    before = await asked(grown.replace("[$w]", "[$w] $before"))
    quantiles_before = await asked(p99.replace("[$w]", "[$w] $before"))
    ends = {key: _objective(key, objectives) for key in counts}
    within = {
        end: await asked(f'sum by ({_ROUTE}) (increase({_SERVED}_bucket{{{answered},le="{end}"}}[$w]))')
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


def _objective(key: Labels, objectives: Mapping[str, float]) -> float:
    service, method, route = key
    if route.startswith(_CART):
        return _CART_SECONDS
    return _OBJECTIVES.get(f"{method} {route}", objectives.get(service, math.inf))


async def _failures(prometheus: Prometheus) -> list[Failure]:
    labels = (*_ROUTE.split(","), "http_response_status_code")
    wrong = (
        f"sum by ({','.join(labels)}) (increase({_SERVED}_count{{{_PUBLIC},http_response_status_code=~'[45]..'}}[$w]))"
    )
    every = await prometheus.by(f"sum by ({_ROUTE}) (increase({_SERVED}_count{{{_PUBLIC}}}[$w]))", *labels[:3])
    return [
        Failure(service, f"{method} {route}", status, count, every[service, method, route])
        for (service, method, route, status), count in (await prometheus.by(wrong, *labels)).items()
        if count >= 1
    ]


async def _budgets(prometheus: Prometheus) -> dict[str, float]:
    """The part that is left by objective. That of 30 days has its first value after six hours."""
    left = "min by (slo) (slo:budget_left:30d) or min by (slo) (1 - slo:error_ratio:rate6h / on (slo) slo:budget)"
    return {slo: value for (slo,), value in (await prometheus.by(left, "slo")).items()}

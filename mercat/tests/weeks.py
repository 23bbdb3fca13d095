"""Four weeks of a store in OpenMetrics, and a Prometheus that has them."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from catalog.domain.browsing import CheckoutStep
from chassis.telemetry.metrics import LATENCY_BUCKETS
from chassis.testing.skipping import skip_without
from local_servers import ports
from mercat.tests.conftest import ROOT

# A sample in 12 hours: promtool makes a block of two hours for each, and reads all for every block.
DAY, STEP = 86_400, 43_200
BEGIN = 1_785_715_200  # a Monday, 00:00 UTC
# What is wrong in each week.
FAULTS: list[set[str]] = [set(), set(), {"slow", "abandoned"}, {"failing", "felt"}]
USUAL, FAULTY, FAILING = 1, 2, 3
END = BEGIN + 7 * DAY * len(FAULTS)
TOOLS = ROOT / ".venv" / "monitoring"
Route = tuple[str, str, str]
Rate = Callable[[Collection[str]], float]
# Requests an hour.
ROUTES: dict[Route, int] = {
    ("catalog", "GET", "/api/v1/products"): 1000,
    ("catalog", "GET", "/api/v1/products/{slug}"): 500,
    ("identity", "POST", "/api/v1/sessions"): 30,
    ("orders", "POST", "/api/v1/orders"): 20,
    ("orders", "PUT", "/api/v1/cart/lines/{variant_id}"): 100,
    ("orders", "POST", "/internal/v1/feed"): 900,
}
SLOW = ("catalog", "GET", "/api/v1/products/{slug}")
_BROWSER = 'browser_checkout_steps_total{step="%s",way="%s"'
_REFUSED = (
    'http_server_problems_total{service="orders",http_request_method="POST",http_route="/api/v1/orders",'
    'problem_type="price-changed"'
)
# An hour.
COUNTERS = {
    "catalog_product_views_total": 500,
    'carts_created_total{kind="guest"': 60,
    'checkouts_total{outcome="accepted"': 20,
    'checkouts_total{outcome="out-of-stock"': 1,
    'orders_placed_total{kind="guest",currency="EUR"': 20,
    'payments_attempts_total{outcome="authorised"': 19,
    'payments_attempts_total{outcome="declined"': 1,
    'orders_paid_total{currency="EUR"': 19,
    'catalog_searches_total{outcome="found"': 50,
    'catalog_searches_total{outcome="empty"': 3,
    "process_cpu_seconds_total": 120,
    **{_BROWSER % (step, "reached"): count for step, count in zip(CheckoutStep, (60, 10, 8, 8, 7), strict=True)},
    **{_BROWSER % (step, "left"): count for step, count in (("cart", 30), ("checkout", 1))},
    'browser_errors_total{page="product",kind="type"': 0.1,
    _REFUSED: 0.2,
}
# And in a week with this fault.
INSTEAD: dict[str, dict[str, float]] = {
    "abandoned": {
        'payments_attempts_total{outcome="authorised"': 6,
        'payments_attempts_total{outcome="declined"': 0,
        'orders_paid_total{currency="EUR"': 6,
    },
    "felt": {
        **{_BROWSER % (step, "reached"): 2 for step in ("placed", "pay", "paid")},
        _BROWSER % ("checkout", "left"): 3,
        'browser_errors_total{page="product",kind="type"': 8,
        _REFUSED: 2,
    },
}
# Visits an hour of pages whose browsers tell, and the part of them that waits for the largest paint when it is felt.
VISITS, POOR = 100, 0.4


def open_metrics() -> str:
    """All weeks. `up` begins two days late; the budgets and the price of a node are of the last moment."""
    late = range(BEGIN + 2 * DAY, END + 1, STEP)
    left = (f'slo:budget_left:30d{{slo="{slo}"}} {value} {END}' for slo, value in (("browse", 0.91), ("checkout", 1)))
    lines = [
        *_counters(),
        *_requests(),
        *_felt(),
        *_family("up", "gauge", (f'up{{job="services",service="orders"}} 1 {moment}' for moment in late)),
        *_family("slo:budget_left:30d", "gauge", left),
        *_family("node_total_hourly_cost", "gauge", iter([f'node_total_hourly_cost{{node="a"}} 0.2 {END - 60}'])),
    ]
    return "\n".join([*lines, "# EOF", ""])


def end_of(number: int) -> int:
    """The last moment of a week of FAULTS."""
    return BEGIN + 7 * DAY * (number + 1)


def _family(name: str, kind: str, samples: Iterable[str]) -> list[str]:
    return [f"# TYPE {name.removesuffix('_total')} {kind}", *samples]


def _grown(rate: Rate) -> Iterator[tuple[int, float]]:
    """Each moment, and the value of a counter that grows by so much an hour, as the faults of the week have it."""
    total = 0.0
    yield BEGIN, total
    for week, faults in enumerate(FAULTS):
        for number in range(1, 7 * DAY // STEP + 1):
            total += rate(faults) * STEP / 3600
            yield BEGIN + 7 * DAY * week + STEP * number, total


def _counters() -> Iterator[str]:
    for name in dict.fromkeys(series.partition("{")[0] for series in COUNTERS):
        yield from _family(name, "counter", ())
        for series, usual in COUNTERS.items():
            if series.partition("{")[0] == name:
                labels = f'{series}{"," if "{" in series else "{"}job="services"}}'
                for moment, total in _grown(partial(_instead, series, usual)):
                    yield f"{labels} {total} {moment}"


def _instead(series: str, usual: float, faults: Collection[str]) -> float:
    return next((INSTEAD[fault][series] for fault in faults if series in INSTEAD.get(fault, {})), usual)


def _felt() -> Iterator[str]:
    """Half of the paints take a second, half two, or five where it is felt; nothing moves."""
    totals = list(_grown(lambda _faults: VISITS))
    poor = list(_grown(lambda faults: VISITS * POOR if "felt" in faults else 0))
    for name, labels, edges in (
        ("browser_page_seconds", 'vital="lcp",page="product"', (0.8, 1.2, 1.8, 2.5, 4.0, 8.0)),
        ("browser_page_shift", 'page="product"', (0.05, 0.1, 0.25)),
    ):
        yield from _family(name, "histogram", ())
        for (moment, total), (_, worse) in zip(totals, poor, strict=True):
            for end in edges:
                good = (total - worse) * (0 if end < 1 else 0.5 if end < 2 else 1)
                inside = total if "shift" in name else good + (worse if end >= 8 else 0)
                yield f'{name}_bucket{{{labels},le="{end}"}} {inside} {moment}'
            yield f'{name}_bucket{{{labels},le="+Inf"}} {total} {moment}'
            yield f"{name}_count{{{labels}}} {total} {moment}"
            yield f"{name}_sum{{{labels}}} {total} {moment}"


def _requests() -> Iterator[str]:
    name = "http_server_request_duration_seconds"
    yield from _family(name, "histogram", ())
    for route in ROUTES:
        service, method, path = route
        labels = f'job="services",service="{service}",http_request_method="{method}",http_route="{path}"'
        for status in ("200", "503"):
            series = f'{labels},http_response_status_code="{status}"'
            totals = list(_grown(partial(_answers, route, status)))
            slow = list(_grown(partial(_late, route, status)))
            for (moment, total), (_, later) in zip(totals, slow, strict=True):
                for end in LATENCY_BUCKETS:
                    inside = total if end >= 2.5 else total - later if end >= 0.025 else 0
                    yield f'{name}_bucket{{{series},le="{end}"}} {inside} {moment}'
                yield f'{name}_bucket{{{series},le="+Inf"}} {total} {moment}'
                yield f"{name}_count{{{series}}} {total} {moment}"
                yield f"{name}_sum{{{series}}} {total / 50} {moment}"


def _answers(route: Route, status: str, faults: Collection[str]) -> float:
    failing = 0.02 if "failing" in faults and route[2] == "/api/v1/orders" else 0
    return ROUTES[route] * (1 - failing if status == "200" else failing)


def _late(route: Route, status: str, faults: Collection[str]) -> float:
    return _answers(route, status, faults) * (0.05 if "slow" in faults and route == SLOW else 0.002)


def program(name: str) -> Path:
    path = TOOLS / name
    if not path.exists():
        skip_without(name, "run sh tools/install_monitoring_tools.sh")
    return path


@contextmanager
def prometheus(folder: Path) -> Iterator[str]:
    """The address of a real Prometheus that has measured these weeks."""
    (folder / "weeks.om").write_text(open_metrics())
    (folder / "prometheus.yml").write_text("{}")
    blocks = ("tsdb", "create-blocks-from", "openmetrics", folder / "weeks.om", folder / "data")
    subprocess.run([program("promtool"), *blocks], capture_output=True, timeout=120, check=True)
    address = f"http://127.0.0.1:{ports.free_port()}"
    arguments = (
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        "--storage.tsdb.retention.time=100y",
        f"--query.lookback-delta={STEP}s",
        f"--web.listen-address={address.removeprefix('http://')}",
    )
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([program("prometheus"), *arguments], stdout=log, stderr=log)
    try:
        while "Server is ready" not in (folder / "log").read_text():
            assert process.poll() is None, (folder / "log").read_text()
            time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait()

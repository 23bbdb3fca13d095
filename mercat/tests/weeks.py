"""Two weeks of a store in OpenMetrics, hour by hour, and a Prometheus that has them."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

from chassis.telemetry.metrics import LATENCY_BUCKETS
from chassis.testing.skipping import skip_without
from chassis.testing.waiting import eventually
from local_servers import ports
from mercat.tests.conftest import ROOT

END = 1_785_715_200  # a Monday, 00:00 UTC
WEEK_HOURS = 168
TOOLS = ROOT / ".venv" / "monitoring"
# Requests an hour.
ROUTES = {
    ("catalog", "GET", "/api/v1/products"): 1000,
    ("catalog", "GET", "/api/v1/products/{slug}"): 500,
    ("identity", "POST", "/api/v1/sessions"): 30,
    ("orders", "POST", "/api/v1/orders"): 20,
    ("orders", "PUT", "/api/v1/cart/lines/{variant_id}"): 100,
    ("orders", "POST", "/internal/v1/feed"): 900,
}
SLOW = ("catalog", "GET", "/api/v1/products/{slug}")
# An hour, in both weeks; and in the second week where the step is abandoned.
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
}
ABANDONED = {
    'payments_attempts_total{outcome="authorised"': 6,
    'payments_attempts_total{outcome="declined"': 0,
    'orders_paid_total{currency="EUR"': 6,
}


def open_metrics(faults: Collection[str], more: str = "") -> str:
    """`faults`: "slow", "abandoned", "failing", of the second week. `more`: series of the end."""
    lines = [*_counters(faults), *_requests(faults)]
    lines += _family("up", "gauge", (f'up{{job="services",service="orders"}} 1 {moment}' for moment, _ in _hours()))
    left = (f'slo:budget_left:30d{{slo="{slo}"}} {value} {END}' for slo, value in (("browse", 0.91), ("checkout", 1)))
    return "\n".join([*lines, *_family("slo:budget_left:30d", "gauge", left), *([more] if more else []), "# EOF", ""])


def _hours() -> Iterator[tuple[int, int]]:
    """Each moment, and its number: negative in the week before."""
    return ((END + 3600 * (hour - WEEK_HOURS), hour) for hour in range(-WEEK_HOURS, WEEK_HOURS + 1))


def _family(name: str, kind: str, samples: Iterator[str]) -> list[str]:
    return [f"# TYPE {name.removesuffix('_total')} {kind}", *samples]


def _grown(hour: int, before: float, since: float) -> float:
    return before * (hour + WEEK_HOURS) if hour < 0 else before * WEEK_HOURS + since * hour


def _counters(faults: Collection[str]) -> list[str]:
    names = dict.fromkeys(series.partition("{")[0] for series in COUNTERS)
    lines = []
    for name in names:
        own = [(series, each) for series, each in COUNTERS.items() if series.partition("{")[0] == name]
        lines += _family(
            name,
            "counter",
            (
                f'{series}{"," if "{" in series else "{"}job="services"}} '
                f"{_grown(hour, each, ABANDONED.get(series, each) if 'abandoned' in faults else each)} {moment}"
                for series, each in own
                for moment, hour in _hours()
            ),
        )
    return lines


def _requests(faults: Collection[str]) -> list[str]:
    name = "http_server_request_duration_seconds"
    lines = [f"# TYPE {name} histogram"]
    for (service, method, route), each in ROUTES.items():
        labels = f'job="services",service="{service}",http_request_method="{method}",http_route="{route}"'
        failing = 0.02 if "failing" in faults and route == "/api/v1/orders" else 0.0
        slow = 0.05 if "slow" in faults and (service, method, route) == SLOW else 0.002
        for status, part, slow_part in (("200", 1 - failing, slow), ("503", failing, 0.0)):
            series = f'{labels},http_response_status_code="{status}"'
            for moment, hour in _hours():
                since = 0 if status == "503" else each
                total = _grown(hour, since, each * part)
                quick = total - _grown(hour, since * 0.002, each * part * slow_part)
                for end in LATENCY_BUCKETS:
                    inside = total if end >= 2.5 else quick if end >= 0.025 else 0
                    lines.append(f'{name}_bucket{{{series},le="{end}"}} {inside} {moment}')
                lines.append(f'{name}_bucket{{{series},le="+Inf"}} {total} {moment}')
                lines.append(f"{name}_count{{{series}}} {total} {moment}")
                lines.append(f"{name}_sum{{{series}}} {total / 50} {moment}")
    return lines


def program(name: str) -> Path:
    path = TOOLS / name
    if not path.exists():
        skip_without(name, "run sh tools/install_monitoring_tools.sh")
    return path


@asynccontextmanager
async def prometheus(folder: Path, text: str) -> AsyncIterator[str]:
    """The address of a real Prometheus that has measured this."""
    folder.mkdir()
    (folder / "week.om").write_text(text)
    (folder / "prometheus.yml").write_text("{}")
    blocks = ("tsdb", "create-blocks-from", "openmetrics", folder / "week.om", folder / "data")
    made = await asyncio.to_thread(
        subprocess.run, [program("promtool"), *blocks], capture_output=True, text=True, timeout=120, check=False
    )
    assert made.returncode == 0, made.stderr
    port = ports.free_port()
    arguments = (
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        "--storage.tsdb.retention.time=100y",
        f"--web.listen-address=127.0.0.1:{port}",
    )
    with (folder / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(program("prometheus"), *arguments, stdout=log, stderr=log)
    try:
        await eventually(lambda: "Server is ready" in (folder / "log").read_text(), 60, "Prometheus")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        await process.wait()

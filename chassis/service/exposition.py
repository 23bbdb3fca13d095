"""GET /metrics: what this process has counted, in Prometheus' text format or in OpenMetrics'. Not public."""

from __future__ import annotations

import re
import threading
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from chassis import telemetry
from chassis.db.pools import POOLS
from chassis.telemetry import exposition

_WEIGHT = re.compile(r"(0(\.[0-9]{0,3})?|1(\.0{0,3})?)")
_open = telemetry.gauge(
    "db_client_connection_count",
    "Connections to PostgreSQL by their state",
    {"pool": POOLS, "state": ("idle", "used")},
)
_most = telemetry.gauge("db_client_connection_max", "Most connections of a pool", {"pool": POOLS})
_threads = telemetry.gauge("process_threads", "Threads of the process")
_build = telemetry.gauge(
    "mercat_build_info",
    "1, with the version that runs",
    {"version": "MERCAT_VERSION: in a cluster 12 digits of the image's digest"},
)


async def metrics(request: Request) -> Response:
    """The metrics of this process."""
    ctx = request.app.state.context
    for pool, (opened, used, most) in ctx.db.pool_state().items():
        _open.set(opened - used, pool, "idle")
        _open.set(used, pool, "used")
        _most.set(most, pool)
    _threads.set(_thread_count())
    _build.set(1, ctx.settings.mercat_version)
    chosen = wants_openmetrics(request.headers.get("accept", ""))
    kind = exposition.OPENMETRICS if chosen else exposition.TEXT
    return Response(exposition.exposed(as_openmetrics=chosen), headers={"content-type": kind, "vary": "accept"})


def wants_openmetrics(accept: str) -> bool:
    """Whether an Accept header prefers OpenMetrics 1.0 to Prometheus' text format, which is for whoever names neither.

    Of equals it is OpenMetrics, as Prometheus itself does.
    """
    wanted = {"application/openmetrics-text": 0.0, "text/plain": 0.0}
    for part in accept.split(","):
        kind, *parameters = (word.strip() for word in part.split(";"))
        given = dict(word.split("=", 1) for word in parameters if "=" in word)
        if kind in wanted and (kind == "text/plain" or given.get("version", "1.0.0") == "1.0.0"):
            wanted[kind] = max(wanted[kind], _weight(given.get("q", "1")))
    openmetrics_weight, text_weight = wanted.values()
    return openmetrics_weight > 0 and openmetrics_weight >= text_weight


def _weight(text: str) -> float:
    return float(text) if _WEIGHT.fullmatch(text) else 0.0


def _thread_count() -> int:
    tasks = Path("/proc/self/task")
    return len(list(tasks.iterdir())) if tasks.is_dir() else threading.active_count()

"""GET /metrics: what this process has counted, in Prometheus' text format or in OpenMetrics'. Not public."""

from __future__ import annotations

import threading
from pathlib import Path

import prometheus_client
from starlette.requests import Request
from starlette.responses import Response

from chassis import telemetry
from chassis.db.pools import POOLS

_open = telemetry.gauge(
    "db_client_connection_count",
    "Connections to PostgreSQL by their state",
    {"pool": POOLS, "state": ("idle", "used")},
)
_most = telemetry.gauge("db_client_connection_max", "Most connections of a pool", {"pool": POOLS})
_threads = telemetry.gauge("process_threads", "Threads of the process")
_build = telemetry.gauge(
    "mercat_build_info", "1, with the version that runs", {"version": "MERCAT_VERSION of the process"}
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
    return Response(prometheus_client.generate_latest(), media_type=prometheus_client.CONTENT_TYPE_LATEST)


def _thread_count() -> int:
    tasks = Path("/proc/self/task")
    return len(list(tasks.iterdir())) if tasks.is_dir() else threading.active_count()

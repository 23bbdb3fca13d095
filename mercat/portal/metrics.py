"""The metrics of the portal's process, and of all processes that the supervisor runs, from its status file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector, CollectorRegistry
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mercat.stack.status_file import StatusFile


class _Processes(Collector):
    def __init__(self, run: Path) -> None:
        self._file = StatusFile(run)

    def collect(self) -> Iterator[Metric]:
        status = self._file.read()
        ready = GaugeMetricFamily("mercat_process_ready", "Whether a process is ready", labels=["process"])
        restarts = CounterMetricFamily("mercat_process_restarts", "Restarts after an end by itself", labels=["process"])
        for entry in [entry for entry in status.entries if not entry.once] if status else []:
            ready.add_metric([entry.name], float(entry.condition == "ready"))
            restarts.add_metric([entry.name], entry.restarts)
        yield from (ready, restarts)


def metrics(request: Request) -> Response:
    """Both, as Prometheus reads them."""
    registry = CollectorRegistry()
    registry.register(_Processes(request.app.state.state / "run"))
    return Response(generate_latest(REGISTRY) + generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


routes = [Route("/_portal/metrics", metrics)]

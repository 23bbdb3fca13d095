"""Writes what this process has counted, in Prometheus' text format or in OpenMetrics'.

prometheus_client writes its own metrics. Ours are written here: a service that has answered everything has 5,000
series, for which the library takes 100 ms, and every request would wait.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import prometheus_client
from prometheus_client import GC_COLLECTOR, PLATFORM_COLLECTOR, PROCESS_COLLECTOR
from prometheus_client.core import Exemplar
from prometheus_client.openmetrics import exposition as openmetrics

from chassis.telemetry.metrics import DECLARED, Metric

OPENMETRICS, TEXT = openmetrics.CONTENT_TYPE_LATEST, prometheus_client.CONTENT_TYPE_PLAIN_0_0_4

_library = prometheus_client.CollectorRegistry()
for _collector in (PROCESS_COLLECTOR, PLATFORM_COLLECTOR, GC_COLLECTOR):
    _library.register(_collector)
_as_openmetrics: Any = openmetrics.generate_latest  # it has no types
_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", '"': '\\"'})


def exposed(*, as_openmetrics: bool) -> bytes:
    """All metrics of this process."""
    lines = [line for metric in list(DECLARED) for line in _lines(metric, as_openmetrics=as_openmetrics)]
    ours = "".join(lines).encode()
    if as_openmetrics:
        return ours + bytes(_as_openmetrics(_library))
    return ours + prometheus_client.generate_latest(_library)


def _lines(metric: Metric, *, as_openmetrics: bool) -> Iterator[str]:
    family = metric.name + ("_total" if metric.kind == "counter" and not as_openmetrics else "")
    yield f"# HELP {family} {metric.about.translate(_ESCAPES)}\n# TYPE {family} {metric.kind}\n"
    if as_openmetrics and metric.unit and metric.kind != "counter":
        yield f"# UNIT {family} {metric.unit}\n"
    name, known, labels = metric.name, None, ""
    for suffix, values, end, value, exemplar in metric.samples():
        if values is not known:
            pairs = sorted(zip(metric.names, values, strict=True))
            known, labels = values, ",".join([f'{key}="{text.translate(_ESCAPES)}"' for key, text in pairs])
        within = labels if end is None else f'{labels},le="{end}"' if labels else f'le="{end}"'
        after = _exemplar(exemplar) if exemplar is not None and as_openmetrics else ""
        yield (
            f"{name}{suffix}{{{within}}} {float(value)!r}{after}\n" if within else f"{name}{suffix} {float(value)!r}\n"
        )


def _exemplar(exemplar: Exemplar) -> str:
    return f' # {{trace_id="{exemplar.labels["trace_id"]}"}} {exemplar.value!r} {exemplar.timestamp:.3f}'

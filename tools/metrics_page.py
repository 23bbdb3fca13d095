"""The text of docs/reference/metrics.md, made from the declarations in the code; tools/documents/pages/metrics.py."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable

from chassis.telemetry.metrics import DECLARED, Counter, Metric

PACKAGES = ("chassis", "identity", "catalog", "orders", "pages", "payments", "shop")
_LEFT_OUT = frozenset({"tests", "testing", "__main__", "migrations"})
_BOOKS = "chassis.ops.books_server"
_HEAD = """# Metrics

For operators and developers: every metric of the services, with its labels, its unit and who exposes it.

Made from the declarations in the code by `make docs ARGS=--write`. Each service answers `GET /metrics`, which the
edge does not let through: in Prometheus' text format, or in OpenMetrics', which has exemplars, where that is asked for.

Every label has a closed set of values or the origin that is named, and its series begin at 0. A value outside of a
closed set is counted under `other`. No label holds a value of a person. Money is in minor units. Durations are in
seconds; histograms have `_bucket`, `_sum` and `_count`.

**Exposed by** says `each process`, whose series are to be added up, or `one process`: the one that holds the service's
lease reads them from the database every half a minute or more seldom, for all of its replicas. It exposes none without
the lease, nor of a reading that failed three times (`readings_failed_total`). Ask for `max by (service, ...)`.

`the books` is the one process of `python -m chassis.ops books SERVICE... --serve PORT`.

Of each process prometheus_client gives `python_gc_*`, `python_info` and `process_*` (CPU, memory, open files, start).

These wait for their features: refunds and disputes by the shop (`payments_cases_total` counts those made at the
provider), the audit chain, the shedding of requests, the offset of clocks.
"""


def load() -> None:
    """Import all modules, which declares their metrics."""
    for package in PACKAGES:
        module = importlib.import_module(package)
        for found in pkgutil.walk_packages(module.__path__, f"{package}."):
            if _LEFT_OUT.isdisjoint(found.name.split(".")):
                importlib.import_module(found.name)


def page() -> str:
    """The text of the page."""
    load()
    parts = [_HEAD]
    for package in PACKAGES:
        mine = [metric for metric in DECLARED if _declares(package, metric.module)]
        parts.append(f"\n## {package}\n\n{_table(mine)}")
    return "".join(parts)


def _declares(package: str, module: str) -> bool:
    """Whether a module, which is no test's, is of a package."""
    parts = module.split(".")
    return parts[0] == package and _LEFT_OUT.isdisjoint(parts)


def _table(found: Iterable[Metric]) -> str:
    rows = sorted(_row(metric) for metric in found)
    return "\n".join(["| Name | Type, unit | Labels | Meaning | Exposed by |", "|---|---|---|---|---|", *rows, ""])


def _row(metric: Metric) -> str:
    name = f"{metric.name}_total" if isinstance(metric, Counter) else metric.name
    labels = "<br>".join(_label(*item) for item in metric.labels.items())
    kind = ", ".join(filter(None, (metric.kind, metric.unit)))
    reader = "the books" if metric.module == _BOOKS else "one process" if metric.shared else "each process"
    return f"| `{name}` | {kind} | {labels} | {metric.about} | {reader} |"


def _label(name: str, values: object) -> str:
    if isinstance(values, str):
        return f"`{name}`: {values}"
    assert isinstance(values, (list, tuple))  # noqa: S101 -- narrows the type
    return f"`{name}`: {', '.join(f'`{value}`' for value in values)}"

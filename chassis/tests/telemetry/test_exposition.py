"""What a scraper is given: by both parsers of prometheus_client, for hostile values too."""

from __future__ import annotations

import time

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as as_openmetrics
from prometheus_client.parser import text_string_to_metric_families as as_text

from chassis import telemetry
from chassis.service.exposition import wants_openmetrics
from chassis.telemetry.exposition import exposed

OPENMETRICS = "application/openmetrics-text"
PROMETHEUS = (
    "application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,"
    "text/plain;version=1.0.0;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1"
)


def families(*, openmetrics: bool):
    text = exposed(as_openmetrics=openmetrics).decode()
    return {family.name: family for family in (as_openmetrics if openmetrics else as_text)(text)}


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (PROMETHEUS, True),
        (OPENMETRICS, True),
        (f"{OPENMETRICS}; version=1.0.0; charset=utf-8", True),
        (f"text/plain, {OPENMETRICS}", True),
        (f"{OPENMETRICS};q=0.2, text/plain;q=0.9", False),
        (f"{OPENMETRICS};q=0", False),
        (f"{OPENMETRICS};version=0.0.1", False),
        (f"{OPENMETRICS};q=nan, {OPENMETRICS};q=9", False),
        ("text/plain;version=0.0.4", False),
        ("*/*", False),
        ("", False),
        (";;,=,q=1;version", False),
    ],
)
def test_openmetrics_is_given_to_whoever_prefers_it(accept: str, expected: bool):  # noqa: FBT001 -- a case
    assert wants_openmetrics(accept) is expected


def test_both_parsers_read_all_metrics_with_the_same_values():
    telemetry.counter("exposed_things", "about", {"kind": ("a", "b")}).inc("b", by=2)
    telemetry.gauge("exposed_seconds", "about").set(1.5)
    telemetry.histogram("exposed_wait_seconds", "about", {"kind": "of the test"}).observe(0.02, "a")
    for openmetrics in (True, False):
        found = families(openmetrics=openmetrics)
        samples = {(s.name, *s.labels.values()): s.value for family in found.values() for s in family.samples}
        assert samples["exposed_things_total", "a"] == 0
        assert samples["exposed_things_total", "b"] == 2
        assert samples["exposed_seconds",] == 1.5
        assert samples["exposed_wait_seconds_count", "a"] == 1
        assert samples["exposed_wait_seconds_sum", "a"] == 0.02
        assert samples["exposed_wait_seconds_bucket", "a", "0.01"] == 0
        assert samples["exposed_wait_seconds_bucket", "a", "+Inf"] == 1
        assert found["exposed_things"].type == "counter"
        assert "process_cpu_seconds" in found
        assert "python_gc_collections" in found
    assert families(openmetrics=True)["exposed_wait_seconds"].unit == "seconds"


def test_a_hostile_label_value_stays_a_value():
    hostile = 'a"} 7\n# EOF\nb{x="\\'
    telemetry.counter("exposed_hostile", "about", {"kind": "of the test"}).inc(hostile)
    for openmetrics in (True, False):
        (sample,) = families(openmetrics=openmetrics)["exposed_hostile"].samples
        assert sample.labels == {"kind": hostile}
        assert sample.value == 1


def test_only_a_request_of_a_trace_that_is_kept_has_an_exemplar_and_only_in_openmetrics():
    kept, lost = "1" * 32, "2" * 32
    for trace_id, flags, route in ((kept, "01", "/kept"), (lost, "00", "/lost")):
        trace = telemetry.Trace("request-1", f"00-{trace_id}-{'3' * 16}-{flags}")
        telemetry.resume(trace)
        telemetry.request(method="GET", route=route, status=200, seconds=0.02, size=1)
    name = "http_server_request_duration_seconds"
    samples = families(openmetrics=True)[name].samples
    found = {s.labels["http_route"]: (s.labels["le"], s.exemplar) for s in samples if s.exemplar is not None}
    assert "/lost" not in found
    end, exemplar = found["/kept"]
    assert end == "0.025"
    assert exemplar.labels == {"trace_id": kept}
    assert exemplar.value == 0.02
    assert abs(time.time() - float(exemplar.timestamp)) < 60
    assert all(s.exemplar is None for s in families(openmetrics=False)[name].samples)


def test_a_value_of_no_closed_set_is_counted_as_other():
    counter = telemetry.counter("exposed_closed", "about", {"kind": ("a",), "more": "of the test"})
    counter.start("x")
    for value in ("a", "b' or 1=1", "ada@example.com"):
        counter.inc(value, "x")
    (family,) = [f for f in families(openmetrics=True).values() if f.name == "exposed_closed"]
    assert {s.labels["kind"]: s.value for s in family.samples} == {"a": 1, "other": 2}


def test_a_shared_gauge_is_exposed_only_while_it_is_held():
    gauge = telemetry.shared_gauge("exposed_shared", "about")
    gauge.set(5)
    assert families(openmetrics=True)["exposed_shared"].samples == []
    gauge.hold(time.monotonic() + 60)
    assert [s.value for s in families(openmetrics=True)["exposed_shared"].samples] == [5]
    gauge.hold(time.monotonic())
    assert families(openmetrics=True)["exposed_shared"].samples == []

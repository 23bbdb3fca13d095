import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis import telemetry
from chassis.telemetry import trace

PARENT = "00-" + "a" * 32 + "-" + "b" * 16 + "-01"
WELL_FORMED = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-0[01]")


def test_a_request_continues_its_callers_trace_with_a_new_span():
    begun = telemetry.begin(PARENT, "request-7")
    assert telemetry.current_trace() is begun
    assert (begun.request_id, telemetry.request_id()) == ("request-7", "request-7")
    assert begun.trace_id == "a" * 32
    assert begun.traceparent.startswith("00-" + "a" * 32)
    assert begun.traceparent.endswith("-01")
    assert "b" * 16 not in begun.traceparent


def test_a_trace_says_whether_it_is_exported():
    assert telemetry.begin(PARENT, None).sampled
    assert not telemetry.begin(PARENT[:-1] + "0", None).sampled
    assert not telemetry.Trace("", "").sampled


def test_without_a_traceparent_a_new_trace_begins():
    first, second = telemetry.begin(None, None), telemetry.begin(None, None)
    assert first.trace_id != second.trace_id
    assert first.request_id != second.request_id
    assert re.fullmatch("[0-9a-f]{32}", first.request_id)


@pytest.mark.parametrize(
    "parent",
    [
        "",
        "x",
        PARENT.upper(),
        PARENT + "-more",
        PARENT + "\n",
        "ff" + PARENT[2:],
        "00-" + "0" * 32 + "-" + "b" * 16 + "-01",
        "00-" + "a" * 32 + "-" + "0" * 16 + "-01",
        PARENT[:-1],
    ],
)
def test_a_malformed_traceparent_is_ignored(parent: str):
    begun = telemetry.begin(parent, None)
    assert begun.trace_id != "a" * 32
    assert WELL_FORMED.fullmatch(begun.traceparent)


def test_a_later_traceparent_version_is_accepted_and_sent_as_version_00():
    begun = telemetry.begin("cc-" + "a" * 32 + "-" + "b" * 16 + "-03-more", None)
    assert begun.trace_id == "a" * 32
    assert begun.traceparent.endswith("-01")


@given(st.text(), st.text(), st.text())
def test_any_input_gives_values_that_are_safe_in_a_header(parent: str, request_id: str, state: str):
    begun = telemetry.begin(parent, request_id)
    assert WELL_FORMED.fullmatch(begun.traceparent)
    assert re.fullmatch(r"[A-Za-z0-9._-]{8,64}", begun.request_id)
    assert re.fullmatch("[ -~\t]{0,512}", telemetry.begin(PARENT, None, state).tracestate)


@pytest.mark.parametrize("state", ["rojo=00f067aa0ba902b7", "a=1, b@c=x y/z ,d_*/-=~", "k=" + "v" * 256])
def test_a_tracestate_is_passed_on_with_its_trace(state: str):
    assert telemetry.begin(PARENT, None, state).tracestate == state
    assert telemetry.begin("no trace", None, state).tracestate == ""


@pytest.mark.parametrize(
    "state",
    [
        "",
        "=1",
        "a=",
        "A=1",
        "a=1,,b=2",
        "a=1,",
        "a=b=c",
        "a=1\r\nb: 2",
        "a=1\n",
        "a=\u00fc",
        "k=" + "v" * 257,
        ",".join(f"k{number}={'v' * 20}" for number in range(25)),
        ",".join(f"k{number}=v" for number in range(33)),
    ],
)
def test_a_tracestate_that_is_malformed_or_long_is_not_passed_on(state: str):
    assert telemetry.begin(PARENT, None, state).tracestate == ""


def test_a_deadline_is_read_as_the_seconds_that_remain():
    began = time.monotonic()
    telemetry.set_deadline(str(int((time.time() + 20) * 1000)))
    left = telemetry.remaining()
    assert left is not None
    assert 19 - (time.monotonic() - began) < left <= 20
    telemetry.set_deadline(str(int((time.time() - 5) * 1000)))
    over = telemetry.remaining()
    assert over is not None
    assert over < -4


def test_a_deadline_above_the_maximum_is_shortened():
    telemetry.set_deadline("9" * 15)
    left = telemetry.remaining()
    assert left is not None
    assert left <= trace.LONGEST_DEADLINE


@pytest.mark.parametrize("header", [None, "", "soon", "-1", "1" * 16, "1.5", "\u0661"])
def test_a_deadline_that_is_no_number_is_ignored(header: str | None):
    telemetry.set_deadline("9" * 15)
    telemetry.set_deadline(header)
    assert telemetry.remaining() is None


def test_work_for_several_requests_has_no_deadline():
    telemetry.set_deadline("9" * 15)
    telemetry.clear_deadline()
    assert telemetry.remaining() is None

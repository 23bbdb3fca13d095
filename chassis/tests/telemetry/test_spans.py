import asyncio
import sys
from collections.abc import Iterator

import pytest

from chassis import telemetry
from chassis.problems import Conflict
from chassis.telemetry import spans, trace
from chassis.telemetry.spans import Span

SAMPLED = f"00-{'a' * 32}-{'b' * 16}-01"
UNSAMPLED = SAMPLED[:-1] + "0"


@pytest.fixture
def ended() -> Iterator[list[Span]]:
    """The spans that are given to an exporter which takes no share of the traces by itself."""
    found: list[Span] = []
    telemetry.export_to(found.append, 0)
    yield found
    telemetry.export_to(None)


def test_the_span_of_a_request_has_its_callers_as_parent(ended: list[Span]):
    begun = telemetry.begin(SAMPLED, None)
    telemetry.request(method="GET", route="/api/v1/x/{id}", status=200, seconds=0.25, size=1)
    (span,) = ended
    assert (span.name, span.kind, span.error) == ("GET /api/v1/x/{id}", "server", "")
    assert (span.trace.trace_id, span.trace.parent_id, span.trace.span_id) == ("a" * 32, "b" * 16, begun.span_id)
    assert span.ended - span.began == 250_000_000
    assert span.attributes == {
        "http.request.method": "GET",
        "http.route": "/api/v1/x/{id}",
        "http.response.status_code": 200,
    }


def test_a_part_has_an_id_of_its_own_below_what_runs(ended: list[Span]):
    begun = telemetry.begin(SAMPLED, None)
    with telemetry.part("GET catalog", "client", {"server.address": "catalog"}) as part:
        part.note("http.response.status_code", 204)
        inside = part.trace
    assert telemetry.current_trace() is begun
    assert inside is not None
    assert (inside.trace_id, inside.parent_id, inside.sampled) == ("a" * 32, begun.span_id, True)
    assert inside.span_id not in {begun.span_id, "b" * 16}
    (span,) = ended
    assert (span.trace, span.attributes["http.response.status_code"]) == (inside, 204)


def test_only_errors_of_a_trace_that_is_not_sampled_are_exported(ended: list[Span]):
    telemetry.begin(UNSAMPLED, None)
    with telemetry.part("write", "client", {}):
        pass
    with pytest.raises(Conflict), telemetry.part("write", "client", {}):
        raise Conflict("a refusal is no error")
    with pytest.raises(asyncio.CancelledError), telemetry.part("write", "client", {}):
        raise asyncio.CancelledError
    telemetry.request(method="GET", route="/x", status=404, seconds=0, size=0)
    assert ended == []
    with pytest.raises(ZeroDivisionError), telemetry.whole("process x", "consumer", {}):
        raise ZeroDivisionError
    telemetry.request(method="GET", route="/x", status=503, seconds=0, size=0)
    assert [span.error for span in ended] == ["ZeroDivisionError", "503"]


def test_what_is_sampled_later_is_exported_with_the_whole_of_it(ended: list[Span]):
    telemetry.begin(UNSAMPLED, None)
    with telemetry.whole("process x", "consumer", {}):
        telemetry.sample()
        assert telemetry.current_trace().sampled
    (span,) = ended
    assert span.trace.sampled


def test_a_webhook_goes_on_in_the_trace_that_it_is_about(ended: list[Span]):
    begun = telemetry.begin(None, None)
    telemetry.rejoin(SAMPLED)
    joined = telemetry.current_trace()
    assert (joined.trace_id, joined.parent_id, joined.sampled) == ("a" * 32, "b" * 16, True)
    assert (joined.request_id, joined.span_id) == (begun.request_id, begun.span_id)
    for no_other in (None, "nonsense", joined.traceparent):
        telemetry.rejoin(no_other)
        assert telemetry.current_trace() is joined
    telemetry.request(method="POST", route="/webhooks/stripe", status=200, seconds=0, size=0)
    assert [span.trace.parent_id for span in ended] == ["b" * 16]


def test_outside_of_any_trace_nothing_is_exported(ended: list[Span]):
    telemetry.resume(trace.Trace("", ""))
    telemetry.sample()
    with pytest.raises(OSError), telemetry.part("read", "client", {}) as part:
        raise OSError
    assert part.trace == trace.Trace("", "")
    assert ended == []


def test_the_trace_of_before_goes_on_after_an_event():
    before = telemetry.begin(None, None)
    with pytest.raises(ZeroDivisionError), telemetry.caused_by(SAMPLED):
        assert telemetry.current_trace().trace_id == "a" * 32
        raise ZeroDivisionError
    assert telemetry.current_trace() is before


@pytest.mark.parametrize(("share", "least", "most"), [(0, 0, 0), (0.05, 60, 145), (1, 2000, 2000)])
def test_a_share_of_new_traces_is_sampled(share: float, least: int, most: int):
    """Of 2,000 at 5 % fewer than 60 or more than 145 are met once in 10**5 runs."""
    telemetry.export_to(lambda _: None, share)
    sampled = sum(telemetry.begin(None, None).sampled for _ in range(2000))
    telemetry.export_to(None)
    assert least <= sampled <= most


def test_callers_from_outside_cannot_have_their_requests_sampled(ended: list[Span]):
    for _ in range(500):
        begun = telemetry.begin(SAMPLED, None, ours=False)
        assert (begun.trace_id, begun.sampled) == ("a" * 32, False)
    telemetry.request(method="GET", route="/x", status=200, seconds=0, size=0)
    assert ended == []
    assert telemetry.begin(SAMPLED, None).sampled


def test_callers_from_outside_cannot_keep_their_requests_from_being_sampled():
    telemetry.export_to(lambda _: None, 1)
    assert telemetry.begin(UNSAMPLED, None, ours=False).sampled
    telemetry.export_to(None)


def test_without_an_exporter_nothing_is_measured_or_sampled():
    begun = telemetry.begin(UNSAMPLED, None)
    with telemetry.part("write", "client", {}) as part, telemetry.whole("process x", "consumer", {}) as whole:
        part.note("a", 1)
        telemetry.sample()
        assert part is whole is spans._UNMEASURED
    assert telemetry.current_trace() is begun
    assert not telemetry.begin(None, None).sampled
    block = telemetry.caused_by(None)
    assert telemetry.around("write", "client", {}, block) is block  # type: ignore[arg-type, comparison-overlap]


def test_without_an_exporter_a_part_makes_three_calls():
    calls = []

    def count(frame, event, _argument):
        if event == "call":
            calls.append(frame.f_code.co_name)

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        with telemetry.part("write", "client", {}):
            pass
    finally:
        sys.setprofile(before)
    assert calls == ["part", "__enter__", "__exit__"]

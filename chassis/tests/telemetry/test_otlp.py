"""Spans as a receiver of OTLP gets them over HTTP, and what a service does where there is none."""

from __future__ import annotations

import gc
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from opentelemetry.sdk.trace import ReadableSpan

from chassis import telemetry
from chassis.config import Settings
from chassis.telemetry import otlp
from chassis.testing import eventually, live_service, running_app
from chassis.testing.collector import Collector

PARENT = f"00-{'a' * 32}-{'b' * 16}-01"


@pytest.fixture
def collector(monkeypatch):
    # However slow the machine is.
    monkeypatch.setattr(otlp, "SEND_SECONDS", 60.0)
    monkeypatch.setattr(otlp, "END_SECONDS", 60.0)
    with Collector().open() as collector:
        yield collector


@pytest.fixture
def silent():
    """A receiver that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def counted(outcome: str) -> float:
    return otlp._spans.value(outcome)


async def test_spans_arrive_with_their_ids_kinds_and_service(collector):
    before = counted("exported")
    async with otlp.exporting("orders", "test", f"{collector.url}/", 0):
        begun = telemetry.begin(PARENT, None, "a=1")
        with telemetry.part("GET catalog", "client", {"server.address": "catalog"}) as part:
            inside = part.trace or begun
        telemetry.request(method="GET", route="/x", status=500, seconds=0.5, size=0)
        telemetry.begin(None, None)
        telemetry.request(method="GET", route="/unsampled", status=200, seconds=0.5, size=0)
    client, server = sorted(collector.spans, key=lambda span: span.kind)
    assert (client.service, client.name, client.kind) == ("orders", "GET catalog", "client")
    assert (client.trace_id, client.span_id, client.parent_id) == ("a" * 32, inside.span_id, begun.span_id)
    assert (client.attributes, client.failed) == ({"server.address": "catalog"}, False)
    assert (server.kind, server.span_id, server.parent_id, server.failed) == ("server", begun.span_id, "b" * 16, True)
    assert server.attributes["error.type"] == "500"
    assert server.seconds == pytest.approx(0.5, abs=1e-3)
    assert b"a=1" not in b"".join(collector.requests)
    assert counted("exported") == before + 2
    assert not telemetry.begin(None, None).sampled


async def test_what_a_receiver_refuses_is_lost_and_counted(collector):
    collector.status = 400
    before = counted("failed")
    async with otlp.exporting("orders", "test", collector.url, 1):
        telemetry.begin(None, None)
        telemetry.request(method="GET", route="/x", status=200, seconds=0, size=0)
    assert counted("failed") == before + 1


async def test_a_silent_receiver_holds_up_nothing_and_costs_no_more_than_the_queue(silent, monkeypatch):
    monkeypatch.setattr(otlp, "END_SECONDS", 0.2)
    telemetry.begin(PARENT, None)
    before = counted("ended")
    async with otlp.exporting("orders", "test", silent, 0):
        for _ in range(3 * otlp.QUEUE):
            telemetry.request(method="GET", route="/x", status=200, seconds=0, size=0)
        assert counted("ended") == before + 3 * otlp.QUEUE
        assert len([kept for kept in gc.get_objects() if type(kept) is ReadableSpan]) <= otlp.QUEUE + otlp.BATCH
        ending = time.monotonic()
    # Far below what OpenTelemetry would wait by itself, which is 30 seconds.
    assert time.monotonic() - ending < 15


async def test_request_transaction_and_job_of_a_service_are_one_trace(bench, collector):
    async with running_app("hello", bench, otel_exporter_otlp_endpoint=collector.url, trace_share=1) as service:
        answer = await service.client.post("/api/v1/greetings/Ada", headers=service.token())
        assert answer.status_code == 201
        # The line that a job writes is dropped for want of an entry in the allow-list, so its row tells of its end.
        await eventually(lambda: _none_left(service), what="the job's end")
    (request,) = [span for span in collector.spans if span.kind == "server"]
    assert (request.name, request.parent_id) == ("POST /api/v1/greetings/{name}", "")
    below = {span.name: span for span in collector.spans if span.parent_id == request.span_id}
    assert below["write"].attributes == {"db.system.name": "postgresql"}
    assert below["process greetings.wave"].kind == "consumer"
    assert {span.trace_id for span in below.values()} == {request.trace_id}


async def _none_left(service) -> bool:
    async with service.ctx.db.read() as tx:
        return await tx.value("select count(*) from jobs") == 0


async def test_only_services_may_have_a_request_sampled(bench, collector):
    async with running_app("hello", bench, otel_exporter_otlp_endpoint=collector.url, trace_share=0) as service:
        await service.client.get("/nothing", headers={"traceparent": PARENT})
        await service.client.get("/internal/nothing", headers={"traceparent": PARENT})
    asked = [span for span in collector.spans if span.trace_id == "a" * 32]
    assert [(span.kind, span.parent_id) for span in asked] == [("server", "b" * 16)]


def test_a_service_with_a_silent_receiver_answers_and_ends(bench, silent):
    with live_service("hello", bench, OTEL_EXPORTER_OTLP_ENDPOINT=silent, TRACE_SHARE="1") as service:
        assert httpx.get(f"{service.url}/nothing", timeout=60).status_code == 404
        service.process.terminate()
        assert service.process.wait(60) in {0, -signal.SIGTERM}


def test_a_service_that_exports_nothing_imports_nothing_for_it():
    found = "sorted(name for name in sys.modules if name.startswith(('opentelemetry.sdk', 'opentelemetry.exporter')))"
    code = f"import sys, hello.app, chassis.telemetry.spans; print({found}, 'google.protobuf' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[] False\n"


def test_the_settings_and_limits_are_as_documented():
    text = (Path(__file__).parents[3] / "docs" / "traces.md").read_text()
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", text, re.MULTILINE))
    assert documented == {"OTEL_EXPORTER_OTLP_ENDPOINT", "TRACE_SHARE"}
    assert {name.lower() for name in documented} <= set(Settings.model_fields)
    assert f"{Settings.model_fields['trace_share'].default} where it is not set" in text
    assert f"batches of {otlp.BATCH}. {otlp.QUEUE:,} spans wait at most" in text
    assert (otlp.SEND_SECONDS, otlp.END_SECONDS) == (5, 3)


@pytest.mark.parametrize("wrong", ["collector:4318", "grpc://collector:4317", "/v1/traces"])
def test_an_endpoint_that_is_no_url_is_refused_at_the_start(wrong: str):
    with pytest.raises(ValueError, match="http://host:4318"):
        Settings._can_be_sent_to(wrong)


def test_an_endpoint_without_the_packages_is_refused_with_what_to_do(monkeypatch):
    monkeypatch.setattr("chassis.config.settings.find_spec", lambda _: None)
    with pytest.raises(ValueError, match="docs/traces"):
        Settings._can_be_sent_to("http://collector:4318")

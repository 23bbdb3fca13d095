"""A receiver of OTLP over HTTP on loopback, which keeps the spans that it gets."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span as Sent


class Received(NamedTuple):
    """A span, by the service that sent it. Ids are hexadecimal; `parent_id` of a root is empty."""

    service: str
    name: str
    kind: str
    trace_id: str
    span_id: str
    parent_id: str
    attributes: dict[str, str | int]
    failed: bool
    seconds: float


class Collector:
    """`requests`: the bodies as they came; `status`: what each is answered."""

    def __init__(self) -> None:
        self.requests: list[bytes] = []
        self.status = 200
        self.url = ""

    @property
    def spans(self) -> list[Received]:
        """All spans so far."""
        found = []
        for body in list(self.requests):
            for group in ExportTraceServiceRequest.FromString(body).resource_spans:
                service = next(
                    each.value.string_value for each in group.resource.attributes if each.key == "service.name"
                )
                found += [_received(service, span) for scope in group.scope_spans for span in scope.spans]
        return found

    @contextmanager
    def open(self) -> Iterator[Collector]:
        """Take spans for as long as the block lasts."""
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.path == "/v1/traces" and collector.status == 200:
                    collector.requests.append(body)
                self.send_response(collector.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()


def _received(service: str, span: Sent) -> Received:
    attributes: dict[str, str | int] = {
        each.key: each.value.string_value or each.value.int_value for each in span.attributes
    }
    return Received(
        service,
        span.name,
        Sent.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_").lower(),
        span.trace_id.hex(),
        span.span_id.hex(),
        span.parent_span_id.hex(),
        attributes,
        span.status.code == 2,
        (span.end_time_unix_nano - span.start_time_unix_nano) / 1e9,
    )

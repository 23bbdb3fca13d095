"""Export of spans by OTLP over HTTP: the only module that imports opentelemetry, and only imported where it is used.

A thread sends them in batches. Its queue is bounded: what does not fit, or is not taken, is lost and counted.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExportResult
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags

from chassis.telemetry import metrics, spans

QUEUE, BATCH, BATCH_SECONDS = 4096, 256, 2.0
SEND_SECONDS, END_SECONDS = 5.0, 3.0
_SCOPE = InstrumentationScope("mercat.chassis")
_SAMPLED = TraceFlags(TraceFlags.SAMPLED)

# "ended" is counted by the event loop, the others by the thread that sends: each series has one writer.
_spans = metrics.counter(
    "trace_spans", "Spans that ended to be exported, and how that went", {"outcome": ("ended", "exported", "failed")}
)


class _Counting(OTLPSpanExporter):
    """Counts what was taken and what was lost."""

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send a batch, again and again for SEND_SECONDS where that may help."""
        result = super().export(spans)
        _spans.inc("exported" if result is SpanExportResult.SUCCESS else "failed", by=len(spans))
        return result


@asynccontextmanager
async def exporting(service: str, environment: str, endpoint: str, share: float) -> AsyncIterator[None]:
    """Export the spans of this share of the traces, and of all errors, for as long as the block lasts. At its end, what
    waits is given END_SECONDS.
    """
    exporter = _Counting(f"{endpoint.rstrip('/')}/v1/traces", timeout=SEND_SECONDS)
    processor = BatchSpanProcessor(exporter, QUEUE, BATCH_SECONDS * 1000, BATCH)
    resource = Resource.create({"service.name": service, "deployment.environment.name": environment})

    def export(span: spans.Span) -> None:
        _spans.inc("ended")
        processor.on_end(_readable(span, resource))

    spans.export_to(export, share)
    try:
        yield
    finally:
        spans.export_to(None)
        # The thread may hang in a request to a receiver that says nothing: it is a daemon, and is left behind then.
        loop, ended = asyncio.get_running_loop(), asyncio.Event()

        def end() -> None:
            processor.shutdown()  # type: ignore[no-untyped-call]
            with suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(ended.set)

        threading.Thread(target=end, daemon=True).start()
        with suppress(TimeoutError):
            async with asyncio.timeout(END_SECONDS):
                await ended.wait()


def _readable(span: spans.Span, resource: Resource) -> ReadableSpan:
    """OpenTelemetry's form of a span."""
    trace, attributes = span.trace, dict(span.attributes)
    if span.error:
        attributes["error.type"] = span.error
    trace_id = int(trace.trace_id, 16)
    parent = SpanContext(trace_id, int(trace.parent_id, 16), True, _SAMPLED) if trace.parent_id else None
    return ReadableSpan(
        span.name,
        context=SpanContext(trace_id, int(trace.span_id, 16), False, _SAMPLED),
        parent=parent,
        resource=resource,
        attributes=attributes,
        kind=SpanKind[span.kind.upper()],
        status=Status(StatusCode.ERROR if span.error else StatusCode.UNSET),
        start_time=span.began,
        end_time=span.ended,
        instrumentation_scope=_SCOPE,
    )

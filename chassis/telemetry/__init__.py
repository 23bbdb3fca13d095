"""Logs, metrics, and the trace that connects them."""

from chassis.telemetry.fields import allow, cut_ip
from chassis.telemetry.fields import types as field_types
from chassis.telemetry.logs import configure, logger, request
from chassis.telemetry.metrics import Counter, Gauge, Histogram, SharedGauge, counter, gauge, histogram, shared_gauge
from chassis.telemetry.spans import Span, around, caused_by, export_to, part, whole
from chassis.telemetry.trace import (
    Trace,
    begin,
    clear_deadline,
    current_trace,
    rejoin,
    remaining,
    request_id,
    resume,
    sample,
    set_deadline,
)

__all__ = [
    "Counter",
    "Gauge",
    "Histogram",
    "SharedGauge",
    "Span",
    "Trace",
    "allow",
    "around",
    "begin",
    "caused_by",
    "clear_deadline",
    "configure",
    "counter",
    "current_trace",
    "cut_ip",
    "export_to",
    "field_types",
    "gauge",
    "histogram",
    "logger",
    "part",
    "rejoin",
    "remaining",
    "request",
    "request_id",
    "resume",
    "sample",
    "set_deadline",
    "shared_gauge",
    "whole",
]

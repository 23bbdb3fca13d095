"""Logs, metrics, and the trace that connects them."""

from chassis.telemetry.fields import allow, cut_ip
from chassis.telemetry.logs import configure, logger, request
from chassis.telemetry.metrics import Counter, Gauge, Histogram, SharedGauge, counter, gauge, histogram, shared_gauge
from chassis.telemetry.trace import (
    Trace,
    begin,
    clear_deadline,
    current_trace,
    remaining,
    request_id,
    resume,
    set_deadline,
)

__all__ = [
    "Counter",
    "Gauge",
    "Histogram",
    "SharedGauge",
    "Trace",
    "allow",
    "begin",
    "clear_deadline",
    "configure",
    "counter",
    "current_trace",
    "cut_ip",
    "gauge",
    "histogram",
    "logger",
    "remaining",
    "request",
    "request_id",
    "resume",
    "set_deadline",
    "shared_gauge",
]

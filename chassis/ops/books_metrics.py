"""What the process that checks the books exposes."""

from __future__ import annotations

from chassis import telemetry

FAULTS = telemetry.shared_gauge(
    "books_faults",
    "Faults that a check of the books found, 20 at most; none of this series: it could not be checked",
    {"check": "a file of `services/*/books`, or `order_missing`: a payment was taken and orders knows nothing of it"},
)
CHECKED = telemetry.gauge("books_checked_timestamp_seconds", "When all checks were last made, Unix seconds; 0: not yet")
FAILED = telemetry.counter("books_failed", "Rounds of checks that could not be made to the end")

"""Metrics of export and erasure."""

from __future__ import annotations

from chassis import telemetry

ERASURES = telemetry.counter(
    "identity_erasures",
    "Erasures of accounts by what became of them; `waits`: an hour longer, since money is open; `failed`: tried again",
    {"outcome": ("asked", "undone", "begun", "waits", "erased", "repeated", "failed")},
)
EXPORTS = telemetry.counter("identity_exports", "Exports of a person's data", {"outcome": ("asked", "ready")})
OVERDUE = telemetry.shared_gauge(
    "identity_erasure_overdue_seconds", "How long the oldest erasure that is not done has been due; 0 where none is"
)
